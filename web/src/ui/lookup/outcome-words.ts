import type { LookupAnswer } from "#bridge/types.ts";
import { outcomeWord } from "../panels/outcome-word.ts";

/** Outcomes that say that the device cannot be asked this, rather than that something went wrong [T76]. */
const NOT_OFFERED = new Set(["unsupported", "refused"]);
export const isNotOffered = ({ outcome }: Pick<LookupAnswer, "outcome">): boolean => NOT_OFFERED.has(outcome);

/** Why there is no data, with what can be done, in sentences. */
export function outcomeWords({ outcome, hint, refusal, why }: LookupAnswer): string {
  const known = outcomeWord(outcome) ?? `It ended as ${outcome}.`;
  return [known, refusal?.why === undefined ? undefined : `${refusal.why}.`.replace(/\.\.$/, "."), hint, why]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}
