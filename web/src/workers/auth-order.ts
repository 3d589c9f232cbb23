import type { Up } from "#protocol/up.ts";

type AuthOrder = Up<"connect">["payload"]["options"]["auth_order"];

/** The design's order [S58]. */
const PROMPTS_FIRST: AuthOrder = ["none", "publickey", "keyboard-interactive", "password"];
const PASSWORD_FIRST: AuthOrder = ["none", "publickey", "password", "keyboard-interactive"];

/**
 * Order of methods for one attempt. A held password goes first to the method `password`, where the device has it: it is
 * then known to be one, and may serve telemetry. What answered a prompt can only answer a prompt again [S59].
 */
export function authOrder(held: "password" | "prompt" | "nothing"): AuthOrder {
  return held === "password" ? PASSWORD_FIRST : PROMPTS_FIRST;
}
