import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { AuthAnswerCommand } from "#protocol/local-messages.ts";
import type { Credentials } from "./credentials.ts";
import type { LinkHub } from "./link-hub.ts";

type Prompt = Down<"auth_prompt">;

/** Says to which hosts answers may go, and hears of those that asked without having proved themselves [S47]. */
export type AnswerGate = {
  mayAnswer(device: string, session_id: ShellSessionId, hop: number): boolean;
  refused(device: string): void;
};

/** Prompts of devices: answered from what is held where the rules allow it, else handed to the person [S59]. */
export class QuestionDesk {
  readonly #credentials: Credentials;
  readonly #hub: LinkHub;
  readonly #targetHop: (device: string, session_id: ShellSessionId) => number;
  readonly #gate: AnswerGate;
  /** Prompts that wait for a person, by id. */
  readonly #open = new Map<string, Prompt>();

  /** `targetHop`: which hop of the attempt is the device itself; prompts of the others get none of its logins. */
  constructor(
    credentials: Credentials,
    hub: LinkHub,
    targetHop: (device: string, session_id: ShellSessionId) => number,
    gate: AnswerGate,
  ) {
    this.#credentials = credentials;
    this.#gate = gate;
    this.#hub = hub;
    this.#targetHop = targetHop;
  }

  /** True when the prompt was answered without the person. */
  ask(message: Prompt): boolean {
    const { device, session_id, id, payload } = message;
    if (id === undefined) return false;
    if (!this.#gate.mayAnswer(device, session_id, payload.hop)) {
      // Neither a held password nor the person's goes to a host that this tablet has not checked itself [S47].
      this.#hub.send(sessionFrame(device, session_id, "auth_reply", { answers: [], cancelled: true }, { re: id }));
      this.#gate.refused(device);
      return true;
    }
    // Without a link the form's password, which serves once, would be spent on nothing: the proxy asks again [WP7].
    const answers = this.#hub.online
      ? this.#credentials.answersFor(device, session_id, payload, this.#targetHop(device, session_id))
      : undefined;
    if (answers !== undefined) {
      return this.#hub.send(sessionFrame(device, session_id, "auth_reply", { answers }, { re: id }));
    }
    this.#open.set(id, message);
    return false;
  }

  /** The person's answer, straight to the wire [S72]; false when there is no link to send it on. */
  answer({ device, session_id, re, payload }: AuthAnswerCommand): boolean {
    const { reuse = false, save = false, ...reply } = payload;
    if (!this.#hub.send(sessionFrame(device, session_id, "auth_reply", reply, { re }))) return false;
    const prompt = re === undefined ? undefined : this.#open.get(re);
    if (re !== undefined) this.#open.delete(re);
    // What went to a jump host is none of the device's logins: it is neither used nor kept for that [S39] [S59].
    const own = prompt?.payload.hop === this.#targetHop(device, session_id);
    if (prompt !== undefined && own && session_id === "ssh1" && reply.cancelled !== true) {
      this.#credentials.answered(device, prompt.payload, reply.answers, reuse, save);
    }
    return true;
  }

  /** The workspace is closed. */
  forget(device: string): void {
    for (const [id, prompt] of this.#open) if (prompt.device === device) this.#open.delete(id);
  }
}
