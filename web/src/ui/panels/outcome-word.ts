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

/** What became of a command, in a sentence; undefined for a word that is no outcome. */
export const outcomeWord = (outcome: string): string | undefined =>
  Object.hasOwn(WORDS, outcome) ? WORDS[outcome] : undefined;
