import * as v from "valibot";
import { PROMPT_MAX_CHARS, PROMPTS_PER_ROUND } from "../limits.ts";
import { sessionMessage } from "./envelope.ts";
import { HopIndex } from "./target.ts";

const DeviceText = v.pipe(v.string(), v.maxLength(PROMPT_MAX_CHARS));

/** The device (or its SSH server) asks something of the person. Texts are the device's own: show them as such [S58]. */
export const AuthPrompt = sessionMessage(
  "auth_prompt",
  v.object({
    kind: v.picklist(["password", "keyboard_interactive", "change_password"]),
    hop: HopIndex,
    host: v.string(),
    user: v.string(),
    /** 1 for the first try of this method in this attempt. */
    round: v.number(),
    name: DeviceText,
    instruction: DeviceText,
    prompts: v.pipe(v.array(v.object({ prompt: DeviceText, echo: v.boolean() })), v.maxLength(PROMPTS_PER_ROUND)),
  }),
);

/** One answer for each prompt, in order; `cancelled` ends the attempt with `auth_failed/cancelled`. */
export const AuthReply = sessionMessage(
  "auth_reply",
  v.object({
    answers: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.maxLength(PROMPTS_PER_ROUND)),
    cancelled: v.optional(v.boolean()),
  }),
);
