/** What a test's page answers to the questions of a connect. */
import { sessionFrame } from "#protocol/builders.ts";
import type { Down, DownAction } from "#protocol/down.ts";
import type { Up } from "#protocol/up.ts";
import type { WireSigner } from "./wire-signer.ts";

type DownOf<A extends DownAction> = Extract<Down, { action: A }>;
export type Question = DownOf<"host_key" | "auth_prompt" | "sign" | "agent_consent">;
export type Answers = {
  /** For every prompt; undefined: prompts are cancelled. */
  password?: string | undefined;
  /** One answer for each prompt, by the prompt's text and hop; instead of `password`. */
  prompt?: (text: string, question: DownOf<"auth_prompt">["payload"]) => string;
  trust?: boolean;
  /** Judges the proof of a host key; by default it holds. */
  proof?: (payload: DownOf<"host_key">["payload"]) => boolean | Promise<boolean>;
  /** The check that is named for one that does not hold. */
  failed?: string;
  signers?: readonly WireSigner[];
  /** Instead of a signature: refuses, or answers with these bytes. */
  sign?: (payload: DownOf<"sign">["payload"]) => { signature?: string; refused?: string };
  /** Fingerprints of the agent that may be used. */
  agent?: (keys: DownOf<"agent_consent">["payload"]["keys"]) => string[];
};

export function isQuestion(message: Down): message is Question {
  const { action } = message;
  return action === "host_key" || action === "auth_prompt" || action === "sign" || action === "agent_consent";
}

/** The reply to one question. */
export async function answerTo(question: Question, answers: Answers): Promise<Up> {
  const { device, session_id, id: re } = question;
  switch (question.action) {
    case "host_key": {
      const { payload } = question;
      const trust = payload.stage === "ask" ? (answers.trust ?? true) : ((await answers.proof?.(payload)) ?? true);
      const failed = trust || payload.stage === "ask" ? {} : { failed: answers.failed ?? "host_signature" };
      return sessionFrame(device, session_id, "host_key_reply", { trust, ...failed }, { re });
    }
    case "auth_prompt": {
      const { prompts } = question.payload;
      const { prompt, password } = answers;
      const given =
        prompt === undefined
          ? password === undefined
            ? undefined
            : prompts.map(() => password)
          : prompts.map((one) => prompt(one.prompt, question.payload));
      const payload = given === undefined ? { answers: [], cancelled: true } : { answers: given };
      return sessionFrame(device, session_id, "auth_reply", payload, { re });
    }
    case "sign": {
      const signer = answers.signers?.find(({ id }) => id === question.payload.key);
      const payload =
        answers.sign?.(question.payload) ??
        (signer === undefined ? { refused: "no_key" } : { signature: signer.sign(question.payload) });
      return sessionFrame(device, session_id, "sign_reply", payload, { re });
    }
    default: {
      const keys = answers.agent?.(question.payload.keys) ?? [];
      return sessionFrame(device, session_id, "agent_reply", { keys }, { re });
    }
  }
}
