import type { CatalogView } from "#machines/views.ts";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { type HostEnv, random128 } from "./host-env.ts";
import type { LinkHub } from "./link-hub.ts";
import type { ResumeRecord, ResumeRecords } from "./storage/resume-records.ts";

type Ending = {
  sid: string;
  session_id: ShellSessionId;
  device: string;
  label: string;
  /** Absent: a session of another client of the user, to be adopted for its end [WP28]. */
  token?: string;
  epoch: number;
  /** The disconnect that is on its way. */
  asked: string | null;
  /** It is written down: a page that ends now does not forget it. */
  stored: boolean;
};

/**
 * Sessions that a person ended and whose end the proxy has not confirmed: they are asked for again on the next link, under
 * a name of their own, and disconnected there. Kept on the tablet, so that a reload does not let them live on.
 */
export class PendingEnds {
  readonly #env: Pick<HostEnv, "crypto">;
  readonly #resume: ResumeRecords;
  readonly #hub: LinkHub;
  readonly #changed: () => void;
  readonly #endings = new Map<string, Ending>();
  /** By the name under which a session was attached for its end. */
  readonly #attaching = new Map<string, Ending>();

  constructor(env: Pick<HostEnv, "crypto">, resume: ResumeRecords, hub: LinkHub, changed: () => void) {
    this.#env = env;
    this.#resume = resume;
    this.#hub = hub;
    this.#changed = changed;
  }

  /** What ends when the link is back. */
  get waiting(): NonNullable<CatalogView["ending"]> {
    return [...this.#endings.values()]
      .filter(({ asked, stored }) => asked === null && stored)
      .map(({ sid, session_id, device, label }) => ({ sid, session_id, device, label }));
  }

  /** Takes up what an earlier page or worker left. */
  async load(): Promise<void> {
    for (const record of await this.#resume.ending()) {
      if (!this.#endings.has(record.sid)) this.#endings.set(record.sid, endingOf(record, null, true));
    }
    this.#changed();
    if (this.#hub.online) this.linkUp();
  }

  /** A person ended this session; `asked`: the disconnect that went out for it, null without a link. */
  keep(record: ResumeRecord, asked: string | null): void {
    const ending = endingOf(record, asked, false);
    this.#endings.set(record.sid, ending);
    void this.#store(record, ending);
  }

  async #store(record: ResumeRecord, ending: Ending): Promise<void> {
    await this.#resume.put({ ...record, ends: true });
    ending.stored = true;
    // Confirmed while it was being written.
    if (!this.#endings.has(record.sid)) await this.#resume.remove(record.sid);
    this.#changed();
  }

  /** Ends a session that this page does not have, wherever it is. False without a link. */
  endElsewhere(sid: string, session_id: ShellSessionId): boolean {
    return this.#attach({ sid, session_id, device: "", label: "", epoch: 0, asked: null, stored: false }, true);
  }

  linkUp(): void {
    for (const ending of this.#endings.values()) if (ending.asked === null) this.#attach(ending, false);
  }

  linkLost(): void {
    this.#attaching.clear();
    for (const ending of this.#endings.values()) ending.asked = null;
    this.#changed();
  }

  /** Not with force: a session that another page took over since is in use there. */
  #attach(ending: Ending, force: boolean): boolean {
    const { sid, session_id, token, epoch } = ending;
    const device = random128(this.#env.crypto);
    // Nothing is wanted of it any more: no credit, no log.
    const wish = { out_pos: null, in_pos: null, limit: 0, known_epoch: epoch, durable: false, lock_held: false, force };
    const request = { device, session_id, sid, ...(token === undefined ? {} : { token }), ...wish };
    const id = random128(this.#env.crypto);
    if (!this.#hub.send(sessionFrame(device, session_id, "attach", request, { id }))) return false;
    this.#attaching.set(device, ending);
    ending.asked = id;
    this.#changed();
    return true;
  }

  /** True when the message was about a session that is only here to end. */
  hears(message: Down): boolean {
    const { device, re } = message;
    const ending = this.#attaching.get(device);
    if (message.action === "attached" && ending !== undefined) this.#attached(message, ending);
    else if (isOver(message)) {
      const one = ending ?? [...this.#endings.values()].find(({ asked }) => asked !== null && asked === re);
      if (one !== undefined) this.#done(one, device);
    }
    return ending !== undefined;
  }

  #attached({ device, session_id, payload }: Down<"attached">, ending: Ending): void {
    const { status } = payload;
    // Over already, or taken up by another page.
    if (status === "gone" || status === "busy") this.#done(ending, device);
    if (status !== "resumed" && status !== "gap" && status !== "ended") return;
    const id = random128(this.#env.crypto);
    ending.asked = id;
    this.#hub.send(sessionFrame(device, session_id, "disconnect", {}, { id }));
  }

  #done(ending: Ending, device: string): void {
    this.#attaching.delete(device);
    this.#endings.delete(ending.sid);
    void this.#resume.remove(ending.sid);
    this.#changed();
  }
}

function endingOf(from: ResumeRecord, asked: string | null, stored: boolean): Ending {
  const { sid, session_id, device, token, epoch, record } = from;
  return { sid, session_id, device, token, epoch, label: record.label, asked, stored };
}

/** The proxy's word that there is no session (any more). */
function isOver(message: Down): boolean {
  return message.action === "disconnected" || (message.action === "error" && message.payload.code === "gone");
}

/** Whether a session is no longer where it was listed after this message [S12]. */
export function movesSession({ action }: Down): boolean {
  return action === "exit" || action === "disconnected" || action === "taken_over";
}
