import type { SessionViewCommon } from "#bridge/types.ts";

export type StepId = NonNullable<SessionViewCommon["step"]>;
export type StepState = "done" | "current" | "ahead";

/** Steps of a connection in their order, in words [U99]. */
const STEPS: readonly (readonly [StepId, string])[] = [
  ["resolve", "Find the address"],
  ["tcp", "Reach the device"],
  ["key_exchange", "Agree on encryption"],
  ["host_key", "Check the host key"],
  ["auth", "Log in"],
  ["channel", "Open the terminal"],
];

/** Every step with where it stands; without a step the request is still on its way to the proxy. */
export function connectSteps(step: StepId | undefined): { id: StepId; title: string; state: StepState }[] {
  const at = STEPS.findIndex(([id]) => id === step);
  return STEPS.map(([id, title], index) => ({
    id,
    title,
    state: index < at ? "done" : index === at ? "current" : "ahead",
  }));
}
