import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { PROMPT_MAX_CHARS } from "#protocol/limits.ts";

/** In the place of a secret that was given. */
const SPENT = new Uint8Array(0);

type Prompt = Down<"auth_prompt">["payload"];
/** What an answer may be used for again: the same kind of question. */
type Reusable = {
  kind: "password" | "single_prompt";
  secret: Uint8Array;
  /** The person wants it in the vault, once it is right. */
  save: boolean;
};
type Held = {
  /** Typed into the connect form; for one attempt of ssh1. */
  form: Uint8Array | null;
  /** Given in the attempt that runs, not yet known to be right: by hop, and of use at that hop alone [S59] [S67]. */
  tried: Map<number, Reusable | null>;
  /** What ssh1 logged in with, where the rules allow a second use [S59]. */
  proved: Reusable | null;
  /** It was given in the attempt of ssh2 that runs. */
  reused: boolean;
  /** Of the vault, for jump hosts of an attempt that runs; each for one prompt [S39]. */
  hops: { session: ShellSessionId; hop: number; secret: Uint8Array }[];
  /** Jump hosts that went on asking after they got the vault's password: it is not offered there again. */
  wrongHops: Set<number>;
  /** The device refused telemetry's login: nothing is given for the person again before a terminal connects anew. */
  wrongOwn: boolean;
};

/**
 * Passwords and answers, outside of all machines, views and logs [S72]. They live while the device is open, as bytes
 * that are overwritten afterwards [S73]; an answer becomes text only for the moment in which it is sent.
 */
export class Credentials {
  readonly #held = new Map<string, Held>();

  #of(device: string): Held {
    let held = this.#held.get(device);
    if (held === undefined) {
      held = {
        form: null,
        tried: new Map(),
        proved: null,
        reused: false,
        hops: [],
        wrongHops: new Set(),
        wrongOwn: false,
      };
      this.#held.set(device, held);
    }
    return held;
  }

  /** The password of the connect form; undefined clears what an earlier attempt left. */
  offer(device: string, password: string | undefined): void {
    const held = this.#of(device);
    wipe(held.form);
    held.form = password === undefined || password === "" ? null : encode(password);
  }

  /** A terminal connects anew: the vault's passwords are as good as any. */
  beginHops(device: string): void {
    const held = this.#held.get(device);
    if (held === undefined) return;
    held.wrongHops.clear();
    held.wrongOwn = false;
  }

  /** The vault's password for one jump host of this session's attempt. */
  offerHop(device: string, session: ShellSessionId, hop: number, password: string): void {
    const held = this.#of(device);
    if (!held.wrongHops.has(hop)) held.hops.push({ session, hop, secret: encode(password) });
  }

  /**
   * The vault's password for the device itself, for one attempt of ssh2: of use where nothing is held of what the terminal
   * logged in with, as after a reload or a lock [S59]. `hop`: the device's own.
   */
  offerStored(device: string, hop: number, password: string): void {
    const held = this.#of(device);
    if (held.proved === null && !held.wrongOwn) this.offerHop(device, "ssh2", hop, password);
  }

  /** The attempt is over: what no jump host asked for is not kept. */
  dropHops(device: string, session: ShellSessionId): void {
    const held = this.#held.get(device);
    if (held === undefined) return;
    if (session === "ssh2") held.reused = false;
    for (const one of held.hops) if (one.session === session) wipe(one.secret);
    held.hops = held.hops.filter((one) => one.session !== session);
  }

  /** Once for each jump host; one that asks again had it and did not take it. */
  #forHop(held: Held, session: ShellSessionId, hop: number): string[] | undefined {
    const at = held.hops.findIndex((one) => one.session === session && one.hop === hop);
    const found = held.hops[at];
    if (found === undefined) return undefined;
    if (found.secret.length === 0) {
      held.wrongHops.add(hop);
      return undefined;
    }
    const text = decode(found.secret);
    wipe(found.secret);
    found.secret = SPENT;
    return [text];
  }

  /** Whether a form password waits for the next attempt: then `password` is asked for before other prompts. */
  hasForm(device: string): boolean {
    return this.#held.get(device)?.form != null;
  }

  /** Whether what ssh1 proved was the answer to a prompt: ssh2 then asks for prompts first, as ssh1 did [S59]. */
  provedByPrompt(device: string): boolean {
    return this.#held.get(device)?.proved?.kind === "single_prompt";
  }

  /**
   * Answers that may be given without asking the person, or undefined.
   * - ssh1: the form's password, once, to the first hidden prompt of the target itself.
   * - a jump host: the vault's password that was chosen for it, once an attempt.
   * - ssh2: what ssh1 proved, once an attempt, to a question of the same kind [S59]; never a second round, since a wrong
   *   answer would count towards a lock-out [T60]. Where nothing of that is held, the vault's password, once an attempt, to
   *   the method `password` alone: a prompt may ask for something that is of use once.
   */
  answersFor(device: string, session: ShellSessionId, prompt: Prompt, targetHop: number): string[] | undefined {
    const held = this.#held.get(device);
    const kind = kindOf(prompt);
    if (held === undefined || kind === undefined) return undefined;
    const isStored = session === "ssh2" && held.proved === null && kind === "password";
    if (prompt.hop !== targetHop || isStored) return this.#forHop(held, session, prompt.hop);
    if (session === "ssh2") return this.#again(device, held, kind, prompt.round);
    if (prompt.round !== 1) return undefined;
    const { form } = held;
    if (form === null) return undefined;
    held.form = null;
    // A form's password may answer a prompt, but whether that prompt asks the same each time is for the person to say.
    this.#try(held, targetHop, kind === "password" ? { kind, secret: form, save: false } : null);
    const text = decode(form);
    if (kind !== "password") wipe(form);
    return [text];
  }

  /** What ssh1 proved. Asked for again it was wrong, however the attempt ends: a person may just turn it away [T60]. */
  #again(device: string, held: Held, kind: Reusable["kind"], round: number): string[] | undefined {
    const { proved, reused } = held;
    if (proved === null || proved.kind !== kind) return undefined;
    if (round === 1) {
      held.reused = true;
      return [decode(proved.secret)];
    }
    if (reused) this.refusedReuse(device);
    return undefined;
  }

  /** What the person answered to a prompt of ssh1. `reuse`: marked as the same each time [S59]. */
  answered(device: string, prompt: Prompt, answers: readonly string[], reuse: boolean, save = false): void {
    const kind = kindOf(prompt);
    const [answer] = answers;
    const mayReuse = answer !== undefined && (kind === "password" || (kind === "single_prompt" && reuse));
    const reusable = mayReuse && kind !== undefined ? { kind, secret: encode(answer), save } : null;
    this.#try(this.#of(device), prompt.hop, reusable);
  }

  /** A second answer to a hop in one attempt makes the whole of it unfit for ssh2. */
  #try(held: Held, hop: number, reusable: Reusable | null): void {
    wipe(held.tried.get(hop)?.secret);
    held.tried.set(hop, reusable);
  }

  /** ssh1 is in, by this method at the device itself: what was tried there, and nowhere else, is right [S59]. */
  accepted(device: string, authMethod: string, targetHop: number): void {
    const held = this.#held.get(device);
    if (held === undefined) return;
    wipe(held.proved?.secret);
    const tried = held.tried.get(targetHop) ?? null;
    const kept = tried !== null && tried.kind === KIND_OF_METHOD[authMethod] ? tried : null;
    for (const one of held.tried.values()) if (one !== kept) wipe(one?.secret);
    held.proved = kept;
    held.tried.clear();
    wipe(held.form);
    held.form = null;
  }

  /** What is to be kept in the vault: proved, wanted by the person, and the same each time. Asked for once. */
  takeToSave(device: string): string | undefined {
    const held = this.#held.get(device);
    const proved = held?.proved;
    if (proved?.save !== true) return undefined;
    proved.save = false;
    return decode(proved.secret);
  }

  /** The attempt of ssh1 failed: nothing of it is right. */
  refused(device: string): void {
    const held = this.#held.get(device);
    if (held === undefined) return;
    for (const one of held.tried.values()) wipe(one?.secret);
    wipe(held.form);
    held.tried.clear();
    held.form = null;
  }

  /** ssh2 was refused with what ssh1 proved: it is not offered again. */
  refusedReuse(device: string): void {
    const held = this.#held.get(device);
    if (held === undefined) return;
    wipe(held.proved?.secret);
    held.proved = null;
    held.wrongOwn = true;
  }

  /** The workspace is closed. */
  forget(device: string): void {
    const held = this.#held.get(device);
    const hops = held?.hops.map(({ secret }) => secret) ?? [];
    const tried = [...(held?.tried.values() ?? [])].map((one) => one?.secret);
    for (const secret of [held?.form, ...tried, held?.proved?.secret, ...hops]) wipe(secret);
    this.#held.delete(device);
  }

  forgetAll(): void {
    for (const device of this.#held.keys()) this.forget(device);
  }
}

/** What a login by each method was answered with; a key or nothing at all was answered with nothing. */
const KIND_OF_METHOD: Readonly<Record<string, Reusable["kind"] | undefined>> = {
  password: "password",
  "keyboard-interactive": "single_prompt",
};

/** Only a password, or one single hidden prompt, can be answered for the person. */
function kindOf({ kind, prompts }: Prompt): Reusable["kind"] | undefined {
  if (kind === "password") return "password";
  const [only] = prompts;
  return kind === "keyboard_interactive" && prompts.length === 1 && only?.echo === false ? "single_prompt" : undefined;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text.slice(0, PROMPT_MAX_CHARS));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function wipe(bytes: Uint8Array | null | undefined): void {
  bytes?.fill(0);
}
