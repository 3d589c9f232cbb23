/** Drives ssh2's authentication by the plan: asks the page, hands answers over once, keeps none [S58] [S73]. */
import type { AnyAuthMethod, AuthHandlerMiddleware, Client } from "ssh2";
import { PROMPT_MAX_CHARS, PROMPT_ROUNDS, PROMPTS_PER_ROUND } from "#protocol/limits.ts";
import { type Failure, failure } from "../failure.ts";
import { AuthPlan, type Method } from "./auth-plan.ts";

export type AuthQuestion = {
  kind: "password" | "keyboard_interactive" | "change_password";
  round: number;
  name: string;
  instruction: string;
  prompts: { prompt: string; echo: boolean }[];
};
/** Answers in order; or why there are none. */
export type AuthAnswer = { answers: readonly string[] } | "cancelled" | "nobody";
export type AskAuth = (question: AuthQuestion) => Promise<AuthAnswer>;

type Ended = (problem: Failure) => void;
type Finish = (answers: string[]) => void;

const PASSWORD_PROMPTS = [{ prompt: "Password:", echo: false }];
const NEW_PASSWORD_PROMPTS = [{ prompt: "New password:", echo: false }];

export class Authenticator {
  /** Method that the device accepted last. */
  method: Method = "none";
  readonly #client: Client;
  readonly #user: string;
  readonly #ask: AskAuth;
  readonly #ended: Ended;
  readonly #waiting: (asking: boolean) => void;
  readonly #plan: AuthPlan;
  #rounds = 0;
  #round = 1;

  /** `waiting(true)` while a person is asked: no automatic timer may run then. */
  constructor(
    client: Client,
    options: { user: string; order: readonly Method[]; ask: AskAuth; ended: Ended; waiting: (asking: boolean) => void },
  ) {
    this.#client = client;
    this.#user = options.user;
    this.#ask = options.ask;
    this.#ended = options.ended;
    this.#waiting = options.waiting;
    this.#plan = new AuthPlan(options.order, new Set<Method>(["keyboard-interactive", "password"]));
    client.on("change password", (message, done) => {
      void this.#answer(
        { kind: "change_password", round: this.#round, name: "", instruction: message, prompts: NEW_PASSWORD_PROMPTS },
        ([password = ""]) => {
          done(password);
          this.#forgetPassword();
        },
      );
    });
  }

  /** For ssh2's `authHandler` option. */
  readonly handler: AuthHandlerMiddleware = (left, partial, next) => {
    this.#forgetPassword();
    const step = this.#plan.next(left, partial);
    if ("fail" in step) {
      const offered = (left as readonly string[] | null)?.join(", ") ?? "";
      const detail = step.fail === "no_method" ? `the device takes: ${offered || "nothing"}` : undefined;
      this.#ended(failure("auth_failed", step.fail, detail));
      return;
    }
    this.method = step.use;
    this.#round = step.round;
    const give = (method: AnyAuthMethod) => (next as (method: AnyAuthMethod) => void)(method);
    switch (step.use) {
      case "none":
        give({ type: "none", username: this.#user });
        return;
      case "keyboard-interactive":
        give({ type: "keyboard-interactive", username: this.#user, prompt: this.#interactive });
        return;
      default:
        void this.#answer(
          { kind: "password", round: step.round, name: "", instruction: "", prompts: PASSWORD_PROMPTS },
          ([password = ""]) => {
            // ssh2 takes the old password of a forced change from its config, and nowhere else.
            this.#config.password = password;
            give({ type: "password", username: this.#user, password });
          },
        );
    }
  };

  /** Called when authentication is over, however it ended. */
  finish(): void {
    this.#forgetPassword();
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
    void this.#answer(question, finish);
  };

  async #answer(question: AuthQuestion, use: Finish): Promise<void> {
    this.#rounds += 1;
    const texts = [question.name, question.instruction, ...question.prompts.map(({ prompt }) => prompt)];
    const tooMuch =
      this.#rounds > PROMPT_ROUNDS * 2 ||
      question.prompts.length > PROMPTS_PER_ROUND ||
      texts.some((text) => text.length > PROMPT_MAX_CHARS);
    if (tooMuch) {
      this.#ended(failure("device_misbehaved", "prompts"));
      return;
    }
    this.#waiting(true);
    const answer = await this.#ask(question);
    this.#waiting(false);
    if (answer === "cancelled") this.#ended(failure("auth_failed", "cancelled"));
    else if (answer === "nobody") this.#ended(failure("auth_prompt_needed"));
    else {
      this.#plan.answered();
      // The device must get as many answers as it asked for.
      use(question.prompts.map((_, index) => answer.answers[index] ?? ""));
    }
  }

  get #config(): { password: string | undefined } {
    return (this.#client as unknown as { config: { password: string | undefined } }).config;
  }

  #forgetPassword(): void {
    this.#config.password = undefined;
  }
}
