import { MAX_CONTROL_BYTES } from "#protocol/limits.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { SignInDesk } from "./actors/sign-in-desk.ts";
import type { Credentials } from "./credentials.ts";
import type { QuestionDesk } from "./question-desk.ts";

/** What may have to travel in one control frame; the margin is the envelope's. */
const FRAME_MARGIN_BYTES = 512;

const TOO_LARGE: ErrorPayload = { code: "invalid", reason: "too_large", retry: "no" };
const OFFLINE: ErrorPayload = { code: "offline", retry: "yes" };

export type Intake = { ok: true; message: UiCommand } | { ok: false; error: ErrorPayload };

/** The gate before the router: takes secrets out of commands and gives them to their holders [S72]. */
export class CommandIntake {
  readonly #credentials: Credentials;
  readonly #questions: QuestionDesk;
  readonly #signIn: SignInDesk;

  constructor(credentials: Credentials, questions: QuestionDesk, signIn: SignInDesk) {
    this.#credentials = credentials;
    this.#questions = questions;
    this.#signIn = signIn;
  }

  take(command: UiCommand): Intake {
    if (!fitsFrame(command)) return { ok: false, error: TOO_LARGE };
    switch (command.action) {
      case "open":
      case "reconnect": {
        const { password, ...payload } = command.payload;
        this.#credentials.offer(command.device, password);
        return { ok: true, message: { ...command, payload } as UiCommand };
      }
      case "pair": {
        const { code, label } = command.payload;
        this.#signIn.offer(code, label);
        return { ok: true, message: { ...command, payload: { code: "", label } } };
      }
      case "sign_out":
        this.#signIn.keepsSecrets(command.payload.keep_secrets === true);
        return { ok: true, message: command };
      case "auth_reply": {
        if (!this.#questions.answer(command)) return { ok: false, error: OFFLINE };
        const cancelled = command.payload.cancelled === true ? { cancelled: true } : {};
        return { ok: true, message: { ...command, payload: { answers: [], ...cancelled } } };
      }
      default:
        return { ok: true, message: command };
    }
  }
}

function fitsFrame(command: UiCommand): boolean {
  const text = JSON.stringify(command);
  if (text.length * 3 + FRAME_MARGIN_BYTES <= MAX_CONTROL_BYTES) return true;
  return new TextEncoder().encode(text).length + FRAME_MARGIN_BYTES <= MAX_CONTROL_BYTES;
}
