import type { LookupAnswer } from "#bridge/types.ts";

const WORDS: Readonly<Record<string, string>> = {
  refused: "It was not sent.",
  cancelled: "Cancelled.",
  ended: "Telemetry ended before the device answered.",
  timeout: "The device did not answer in time.",
  overflow: "The answer was larger than the limit.",
  gap: "Part of the answer was lost on the way. Ask again.",
  damaged: "Something else was printed into the answer. Ask again.",
  paged: "The answer stopped at a pager.",
  unsupported: "The device does not know this command.",
  denied: "This user may not run the command.",
  gated: "The device wants a higher privilege for it.",
  limit: "A limit of the device or of the load guard holds it back.",
  parse: "The answer was not understood. The raw text is kept.",
  error: "The device answered with an error.",
};

/** Outcomes that say that the device cannot be asked this, rather than that something went wrong [T76]. */
const NOT_OFFERED = new Set(["unsupported", "refused"]);
export const isNotOffered = ({ outcome }: Pick<LookupAnswer, "outcome">): boolean => NOT_OFFERED.has(outcome);

/** Why there is no data, with what can be done, in sentences. */
export function outcomeWords({ outcome, hint, refusal, why }: LookupAnswer): string {
  const known = Object.hasOwn(WORDS, outcome) ? WORDS[outcome] : `It ended as ${outcome}.`;
  return [known, refusal?.why === undefined ? undefined : `${refusal.why}.`.replace(/\.\.$/, "."), hint, why]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}
