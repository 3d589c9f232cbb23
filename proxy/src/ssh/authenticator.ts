/** Drives ssh2's authentication by the plan: asks the page, hands answers over once, keeps none [S58] [S73]. */
import type { AnyAuthMethod, AuthHandlerMiddleware, Client } from "ssh2";
import { SIGNATURES_PER_HOP } from "#protocol/limits.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { type Failure, failure } from "../failure.ts";
import type { SetName } from "./algorithms.ts";
import { AuthPlan, type AuthStep, type Method } from "./auth-plan.ts";
import { KeyAgent } from "./key-agent.ts";
import { keepPassword, watchAuthentication } from "./library-inside.ts";
import { rsaAlgorithm, type SigningKey } from "./signing-key.ts";

export type AuthQuestion = {
  kind: "password" | "keyboard_interactive" | "change_password";
  round: number;
  name: string;
  instruction: string;
  prompts: { prompt: string; echo: boolean }[];
};
/** Answers in order; or why there are none. */
export type AuthAnswer = { answers: readonly string[] } | { failure: Failure } | "cancelled" | "nobody";
export type AskAuth = (question: AuthQuestion) => Promise<AuthAnswer>;

export type PromptBounds = Pick<LimitValues, "prompts_per_round" | "prompt_rounds" | "prompt_chars">;

type Ended = (problem: Failure) => void;
type Finish = (answers: string[]) => void;
type Next = (method: AnyAuthMethod) => void;
export type AuthenticatorOptions = {
  user: string;
  set: SetName;
  order: readonly Method[];
  ask: AskAuth;
  bounds: PromptBounds;
  /** Nothing is authenticated, not even with `none`, before this has agreed [S47]. */
  release: () => Promise<Failure | undefined>;
  /** Keys in the order of trying; asked for once, after the release. */
  keys: () => Promise<readonly SigningKey[]>;
  /** A fault of ours. */
  broken: (error: unknown) => void;
  ended: Ended;
  /** The device refused an answer, or went away with one in hand: it may count them. */
  refused: () => void;
  /** True while a person or the page is asked: no automatic timer may run then. */
  waiting: (asking: boolean) => void;
};

const PASSWORD_PROMPTS = [{ prompt: "Password:", echo: false }];
const NEW_PASSWORD_PROMPTS = [{ prompt: "New password:", echo: false }];
/** How devices ask for a password to be set: whoever is asked so again has typed one that was refused. */
const ASKS_NEW_PASSWORD =
  /(new|retype|re-enter|repeat|confirm|again).{0,40}pass(word|code|phrase)|pass(word|code|phrase).{0,40}(new|again)/i;

export class Authenticator {
  /** Method that the device accepted last, and the key if it was one. */
  method: Method = "none";
  key: SigningKey | undefined;
  readonly #client: Client;
  readonly #options: AuthenticatorOptions;
  #plan: AuthPlan | undefined;
  #keys: readonly SigningKey[] = [];
  /** The device's last word, until the plan has heard it. */
  #heard: { left: readonly string[]; partial: boolean } | undefined;
  #left: readonly string[] = [];
  #rounds = 0;
  #round = 1;
  #signatures = 0;
  #keyOffered = false;
  /** Taken as a part of the login, with a further factor to come. */
  #partKey: SigningKey | undefined;
  #refusal: string | undefined;
  #announced: readonly string[] | undefined;
  /** The device refused an RSA key; ssh2 offers it with one algorithm only [S56]. */
  #rsaRefused = false;
  #asked = 0;
  /** Prompts of an answer that the device has, until it says what it makes of it. */
  #inHand: string | undefined;
  #over = false;

  constructor(client: Client, options: AuthenticatorOptions) {
    this.#client = client;
    this.#options = options;
    client.on("change password", (message, done) => {
      void this.#answer(
        { kind: "change_password", round: this.#round, name: "", instruction: message, prompts: NEW_PASSWORD_PROMPTS },
        // ssh2 takes the old password from its config at this moment; it stays there for the case that the new one is refused.
        ([password = ""]) => done(password),
      );
    });
  }

  /** The key that the login was by, if only in part: the next login needs it again [S59]. */
  get loginKey(): SigningKey | undefined {
    return this.key ?? this.#partKey;
  }

  /** Call once ssh2 has its protocol object. */
  watch(): void {
    watchAuthentication(this.#client, {
      announced: (algorithms) => {
        this.#announced ??= algorithms;
      },
      refused: (left, partial) => {
        if (this.#keyOffered && this.key?.type === "ssh-rsa" && !partial) this.#rsaRefused = true;
        if (this.#keyOffered && partial) this.#partKey = this.key;
        this.#keyOffered = false;
        this.#judged(partial);
        this.#heard = { left, partial };
      },
      expectsKeyAnswer: () => this.#keyOffered && !this.#over,
      unexpected: () =>
        this.#options.ended(failure("device_misbehaved", "protocol", "an answer to a key nobody offered")),
    });
  }

  /** For ssh2's `authHandler` option. Its own `left` and `partial` are stale after a key, so {@link watch} counts. */
  readonly handler: AuthHandlerMiddleware = (_left, _partial, next) => {
    this.#next(next).catch(this.#options.broken);
  };

  async #next(next: Next): Promise<void> {
    this.#forgetPassword();
    this.#keyOffered = false;
    this.#rounds = 0;
    const step = this.#plan === undefined ? await this.#first() : this.#step(this.#plan);
    if (step === undefined || this.#over) return;
    if ("fail" in step) this.#options.ended(this.#failed(step.fail));
    else this.#take(step, next);
  }

  async #first(): Promise<AuthStep | undefined> {
    const { release, keys, order, waiting, ended } = this.#options;
    waiting(true);
    const problem = await release();
    if (problem === undefined && !this.#over) this.#keys = await keys();
    if (this.#over) return undefined;
    waiting(false);
    if (problem !== undefined) {
      ended(problem);
      return undefined;
    }
    this.#plan = new AuthPlan(order, new Set<Method>(["keyboard-interactive", "password"]), this.#keys.length);
    return this.#plan.next(null, false);
  }

  #step(plan: AuthPlan): AuthStep {
    const { left, partial } = this.#heard ?? { left: this.#left, partial: false };
    this.#heard = undefined;
    this.#left = left;
    return plan.next(left, partial);
  }

  #failed(why: "rejected" | "no_method"): Failure {
    const refusal = this.#refusal;
    // Whoever answered prompts after that wants to hear of the answers.
    if (refusal !== undefined && this.#asked === 0) {
      const detail = refusal === "sha1_only" ? SHA1_ONLY : `check that failed: ${refusal}`;
      return failure("auth_failed", "sign_refused", detail);
    }
    if (this.#rsaRefused && this.#asked === 0) {
      return failure("auth_failed", "rejected", rsaAdvice(rsaAlgorithm(this.#announced)));
    }
    if (why === "rejected") return failure("auth_failed", "rejected");
    return failure("auth_failed", "no_method", `the device takes: ${this.#left.join(", ") || "nothing"}`);
  }

  #take(step: Exclude<AuthStep, { fail: string }>, give: Next): void {
    const username = this.#options.user;
    this.method = step.use;
    this.#round = step.round;
    this.key = step.key === undefined ? undefined : this.#keys[step.key];
    switch (step.use) {
      case "none":
        give({ type: "none", username });
        return;
      case "publickey":
        if (this.key === undefined) return;
        this.#keyOffered = true;
        give({ type: "agent", username, agent: new KeyAgent(this.key, this.#gate, this.#signed) });
        return;
      case "keyboard-interactive":
        give({ type: "keyboard-interactive", username, prompt: this.#interactive });
        return;
      default:
        this.#answer(
          { kind: "password", round: step.round, name: "", instruction: "", prompts: PASSWORD_PROMPTS },
          ([password = ""]) => {
            keepPassword(this.#client, password);
            give({ type: "password", username, password });
          },
        ).catch(this.#options.broken);
    }
  }

  /** At most three signatures a hop, and SHA-1 only where a legacy set allows it [S54] [S61]. */
  readonly #gate = (algorithm: string): string | undefined => {
    if (this.#over) return "over";
    if (algorithm === "ssh-rsa" && this.#options.set === "modern") return "sha1_only";
    this.#signatures += 1;
    if (this.#signatures > SIGNATURES_PER_HOP) return "too_many";
    this.#options.waiting(true);
    return undefined;
  };

  readonly #signed = (refused: string | undefined): void => {
    if (this.#over) return;
    this.#options.waiting(false);
    if (refused === undefined) return;
    this.#refusal = refused;
    this.#keyOffered = false;
  };

  /** Called when authentication is over, however it ended. */
  finish(loggedIn: boolean): void {
    this.#judged(loggedIn);
    this.#over = true;
    this.#forgetPassword();
  }

  /** The device has judged the answer that it had, if any. */
  #judged(accepted: boolean): void {
    if (this.#inHand !== undefined && !accepted) this.#options.refused();
    this.#inHand = undefined;
  }

  readonly #interactive = (
    name: string,
    instruction: string,
    _language: string,
    prompts: { prompt: string; echo?: boolean }[],
    finish: Finish,
  ): void => {
    const question: AuthQuestion = {
      kind: "keyboard_interactive",
      round: this.#round,
      name,
      instruction,
      prompts: prompts.map(({ prompt, echo }) => ({ prompt, echo: echo === true })),
    };
    this.#answer(question, finish).catch(this.#options.broken);
  };

  async #answer(question: AuthQuestion, use: Finish): Promise<void> {
    this.#rounds += 1;
    this.#asked += 1;
    const secret = secretOf(question);
    // Whoever is asked for the very same secret again in one exchange gave a wrong one; another question is a further step.
    this.#judged(secret === undefined || this.#inHand !== secret);
    const problem = tooMuch(question, this.#rounds, this.#asked, this.#options.bounds);
    if (problem !== undefined) {
      this.#options.ended(problem);
      return;
    }
    this.#options.waiting(true);
    const answer = await this.#options.ask(question);
    if (this.#over) return;
    this.#options.waiting(false);
    if (answer === "cancelled") this.#options.ended(failure("auth_failed", "cancelled"));
    else if (answer === "nobody") this.#options.ended(failure("auth_prompt_needed"));
    else if ("failure" in answer) this.#options.ended(answer.failure);
    else {
      this.#plan?.answered();
      this.#inHand = secret ?? "";
      // The device must get as many answers as it asked for.
      use(question.prompts.map((_, index) => answer.answers[index] ?? ""));
    }
  }

  #forgetPassword(): void {
    keepPassword(this.#client, undefined);
  }
}

/** Methods and tries that one login may go through; a device that takes each as a part of the login would never end. */
const TRIES = 4;
const SHA1_ONLY =
  "the device takes RSA keys with SHA-1 signatures (ssh-rsa) only: use an ECDSA key, or turn on legacy 1 for this device";

function rsaAdvice(algorithm: string): string {
  return (
    `the device refused the RSA key, which was offered with ${algorithm}, the only algorithm tried; where the device wants ` +
    "another one, use an ECDSA key"
  );
}

/** The hidden prompts of a question; undefined when it asks for none, or for a password to be set. */
function secretOf({ kind, prompts }: AuthQuestion): string | undefined {
  const hidden = prompts.filter(({ echo }) => !echo).map(({ prompt }) => prompt);
  if (hidden.length === 0 || kind === "change_password") return undefined;
  return hidden.some((prompt) => ASKS_NEW_PASSWORD.test(prompt)) ? undefined : JSON.stringify(prompts);
}

/** Longest question, as sent: control characters take six bytes each there, and a control frame has 64 KiB. */
const QUESTION_MAX_BYTES = 48 * 1024;

/** Limits of section 4, within one try of a method. Whoever is asked for a new password again is not the device's fault. */
function tooMuch(question: AuthQuestion, rounds: number, all: number, bounds: PromptBounds): Failure | undefined {
  const { prompts_per_round, prompt_rounds, prompt_chars } = bounds;
  const texts = [question.name, question.instruction, ...question.prompts.map(({ prompt }) => prompt)];
  const tooLarge = Buffer.byteLength(JSON.stringify(question)) > QUESTION_MAX_BYTES;
  if (tooLarge || question.prompts.length > prompts_per_round || texts.some((text) => text.length > prompt_chars)) {
    return failure("device_misbehaved", "prompts");
  }
  if (rounds <= prompt_rounds && all <= prompt_rounds * TRIES) return undefined;
  const newPassword = question.kind === "change_password" || texts.some((text) => ASKS_NEW_PASSWORD.test(text));
  return newPassword ? failure("auth_failed", "new_password") : failure("device_misbehaved", "prompts");
}
