import type { DeviceDelivery, RestoredSession } from "#machines/device.machine.ts";
import type { Stamp } from "#machines/events.ts";
import type { RouterEvent } from "#machines/router-steps.ts";
import type { CatalogView } from "#machines/views.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Remembered } from "#telemetry/collector.ts";
import type { Credentials } from "./credentials.ts";
import type { HostParts } from "./host-parts.ts";
import type { LoginDesk } from "./keys/login-desk.ts";
import { knownPlatform, platformKey } from "./known-platform.ts";
import type { LinkHub } from "./link-hub.ts";
import type { ResourceScope } from "./resource-scope.ts";
import type { RuntimeFactory } from "./runtime-factory.ts";
import type { SessionLocks } from "./session-locks.ts";
import { keptSession, keptTerminal, type Restorable } from "./session-restore.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import { type TelemetryEngine, telemetryEngine } from "./telemetry-engine.ts";
import { factsOf } from "./without-token.ts";

export type OpenerDeps = {
  parts: Pick<HostParts, "resume" | "logs" | "platforms">;
  scope: ResourceScope;
  hub: LinkHub;
  locks: SessionLocks;
  runtimes: RuntimeFactory;
  credentials: Credentials;
  logins: Pick<LoginDesk, "begin" | "openedAs" | "recall">;
  /** Resolves when there is no locked vault. */
  whenOpen(): Promise<void>;
  /** The user's sessions, as last listed. */
  elsewhere(): CatalogView["elsewhere"];
  isOpen(device: string): boolean;
  send(this: void, event: RouterEvent): void;
  deliver(this: void, device: string, delivery: DeviceDelivery): void;
  stamp(this: void): Stamp;
};

/** One tap on its way to a session; `left`: the proxy is asked for one that was left to its grace. */
type Opening = { readonly record: DeviceRecord; left: boolean };

/** How the sessions of a device begin: taken up from before, or anew. */
export class SessionOpener {
  readonly #deps: OpenerDeps;
  /** What is being opened, by device and session; what is not in here any more goes on no further. */
  readonly #openings = new Map<string, Opening>();

  constructor(deps: OpenerDeps) {
    this.#deps = deps;
  }

  /** Sessions that an earlier page, worker or tree left. */
  async restore({ record, cols, rows, sessions }: Restorable): Promise<void> {
    const { parts, scope, hub, locks, runtimes, send, stamp } = this.#deps;
    const ssh1 = sessions.find(({ session_id }) => session_id === "ssh1");
    const log = ssh1 && (await parts.logs.open(ssh1.sid));
    if (scope.ended) {
      if (log !== undefined) parts.logs.close(log);
      return;
    }
    if (this.#deps.isOpen(record.id)) {
      // A person was faster: the terminal takes its session up, lock and log, when it opens; telemetry begins anew.
      for (const { sid } of sessions) if (sid !== ssh1?.sid) locks.release(sid);
      return;
    }
    send({ type: "router.restore", record, cols, rows, sessions: sessions.map(restoredOf), ...stamp() });
    const { terminal, telemetry } = runtimes.open(record, cols, rows);
    for (const session of sessions) {
      if (session.session_id === "ssh1") {
        this.#deps.logins.recall(record.id, session);
        terminal.resume(session, log);
      } else {
        const remembered = await this.#remembered(record, session.host_key);
        const engine = await this.#engine(record.id);
        if (scope.ended) return;
        if (engine !== undefined) telemetry.resume(engine, session, remembered);
      }
      // A link that is up already was not asked for this session in its hello.
      if (hub.online) hub.get(record.id, session.session_id)?.attach(false);
    }
  }

  /** Undefined, and said so, when its code could not be loaded; the terminal goes on without it [T9]. */
  async #engine(device: string): Promise<TelemetryEngine | undefined> {
    try {
      return await telemetryEngine();
    } catch (error) {
      const detail = error instanceof Error ? error.message : "Its code could not be loaded.";
      const { deliver, stamp } = this.#deps;
      const payload = { code: "worker_failed", retry: "user", detail } as const;
      const message = { v: 1, device, session_id: "ssh2", type: "telemetry", action: "error", payload } as const;
      const event = { type: "telemetry.error", message, ...stamp() } as const;
      deliver(device, { type: "device.deliver", to: "ssh2", event });
      return undefined;
    }
  }

  /** What is known of the platform, said to the views at once: nothing will be detected then. */
  async #remembered(record: DeviceRecord, key: HostKey | undefined): Promise<Remembered | undefined> {
    const { parts, deliver, stamp } = this.#deps;
    const found = key && (await parts.platforms.get(platformKey(key, record)));
    const platform = knownPlatform(record, found);
    if (platform !== undefined) {
      const event = { type: "collector.platform", platform, ...stamp() } as const;
      deliver(record.id, { type: "device.deliver", to: "ssh2", event });
    }
    return found;
  }

  /**
   * A session that the proxy still has is taken up again; only when there is none, a new one begins. One to `adopt` is
   * asked for with force, whoever has it: a person chose it [WP28].
   */
  async openTerminal(record: DeviceRecord, cols: number, rows: number, adopt: string | undefined): Promise<void> {
    const { parts, hub, locks, runtimes } = this.#deps;
    const device = record.id;
    const opening = this.#begin("ssh1", record);
    runtimes.open(record, cols, rows).terminal.wants(record, { cols, rows });
    await this.#deps.whenOpen();
    if (!this.#goesOn("ssh1", opening)) return;
    const chosen = await (adopt === undefined
      ? keptTerminal(device, parts.resume, locks)
      : keptSession(adopt, parts.resume, locks));
    const runtime = runtimes.terminalOf(device);
    if (!this.#goesOn("ssh1", opening) || runtime === undefined) {
      this.#leaveLock(chosen);
      return;
    }
    if (chosen === undefined) {
      if (adopt === undefined) await this.#connectTerminal(opening);
      else {
        runtime.adopt(adopt);
        runtime.attach(true);
      }
      return;
    }
    // A session that another living tab shows is asked for as well: the proxy answers who has it, and a tap takes it
    // over [WP28].
    const log = locks.isOurs(chosen.sid) ? await parts.logs.open(chosen.sid) : undefined;
    if (!this.#goesOn("ssh1", opening)) {
      if (log !== undefined) parts.logs.close(log);
      this.#leaveLock(chosen);
      return;
    }
    this.#deps.logins.recall(device, chosen);
    runtime.resume(chosen, log);
    if (adopt !== undefined) runtime.attach(true);
    else {
      opening.left = true;
      if (hub.online) runtime.attach(false);
    }
  }

  #begin(session_id: ShellSessionId, record: DeviceRecord): Opening {
    const opening = { record, left: false };
    this.#openings.set(nameOf(record.id, session_id), opening);
    return opening;
  }

  /** False after a person gave it up, left or closed it, or asked anew: nobody would see what comes of it. */
  #goesOn(session_id: ShellSessionId, opening: Opening): boolean {
    return !this.#deps.scope.ended && this.#openings.get(nameOf(opening.record.id, session_id)) === opening;
  }

  /** The session of the device is given up, left or closed. */
  giveUp(device: string, session_id: ShellSessionId): void {
    this.#openings.delete(nameOf(device, session_id));
  }

  /** A lock that was taken for an opening that goes on no further, unless another one has it by now. */
  #leaveLock(chosen: ResumeRecord | undefined): void {
    if (chosen === undefined || this.#deps.scope.ended) return;
    const { device, session_id, sid } = chosen;
    const wanted =
      this.#openings.has(nameOf(device, session_id)) || this.#deps.hub.get(device, session_id)?.sid === sid;
    if (!wanted) this.#deps.locks.release(sid);
  }

  async #connectTerminal(opening: Opening): Promise<void> {
    const { runtimes, logins } = this.#deps;
    const plan = await logins.begin("ssh1", opening.record);
    if (!this.#goesOn("ssh1", opening)) return;
    runtimes.terminalOf(opening.record.id)?.open(plan);
  }

  /** True when the answer is no news for the machines: the session that was left is gone, and a new one begins instead. */
  answered(device: string, session_id: ShellSessionId, state: SessionState): boolean {
    const opening = this.#openings.get(nameOf(device, session_id));
    if (opening?.left !== true) return false;
    opening.left = false;
    if (state.status !== "gone") return false;
    void this.#connectTerminal(opening);
    return true;
  }

  async openTelemetry(record: DeviceRecord, pin: HostKey | undefined, taken: boolean): Promise<void> {
    const { runtimes, credentials, logins } = this.#deps;
    const opening = this.#begin("ssh2", record);
    const remembered = await this.#remembered(record, pin);
    const engine = await this.#engine(record.id);
    if (!this.#goesOn("ssh2", opening) || engine === undefined) return;
    // The terminal's tap was for the device: its other session needs no login of its own here.
    const other = taken
      ? this.#deps.elsewhere().find(({ device, session_id }) => device === record.id && session_id === "ssh2")
      : undefined;
    const runtime = runtimes.telemetryOf(record.id);
    if (other !== undefined && runtime !== undefined) {
      runtime.take(engine, record, other.sid, remembered);
      runtime.attach(true);
      return;
    }
    // Nothing logs in by itself while the vault is locked: keys sign nothing, and held answers are gone [S59] [S70].
    await this.#deps.whenOpen();
    if (!this.#goesOn("ssh2", opening)) return;
    this.#recallAdopted(record.id);
    const byPrompt = credentials.provedByPrompt(record.id);
    const plan = await logins.begin("ssh2", record, pin);
    if (!this.#goesOn("ssh2", opening)) return;
    runtimes.telemetryOf(record.id)?.open(engine, record, pin, remembered, { ...plan, byPrompt });
  }

  /** The jump hosts' keys of a terminal that another client opened: telemetry meets the same, if this tablet knows them [S49]. */
  #recallAdopted(device: string): void {
    const { runtimes, logins } = this.#deps;
    const via_host_keys = runtimes.terminalOf(device)?.viaKeys;
    if (via_host_keys !== undefined && logins.openedAs(device) === undefined) logins.recall(device, { via_host_keys });
  }
}

/** What machines hear of a session of before: its token stays here [S72]. */
function restoredOf(record: ResumeRecord): RestoredSession {
  return { session_id: record.session_id, ...factsOf(record) };
}

function nameOf(device: string, session_id: ShellSessionId): string {
  return `${device}/${session_id}`;
}
