/** How long a command may take and how much it may answer [T44] [T45]. */
export type CommandLimits = { firstByteMs: number; silenceMs: number; wholeMs: number; bytes: number };

/** The usual limits; packs raise `wholeMs` to at most 180 s. */
export const DEFAULT_LIMITS: CommandLimits = {
  firstByteMs: 10_000,
  silenceMs: 15_000,
  wholeMs: 60_000,
  bytes: 4 * 1024 * 1024,
};

/** Longest answer of a full table that a person asked for and confirmed, bytes [T45] [T77]. */
export const FULL_TABLE_BYTES = 32 * 1024 * 1024;

/** After a limit the line drains this long for its marker or prompt before the channel is closed [T44]. */
export const DRAIN_MS = 60_000;
/** Text is waited for this long after the channel opened [T35]. */
export const BANNER_MS = 5_000;
/** Silence after which a last line is looked at while no prompt is known. */
export const SETTLE_MS = 300;
/** Silence before a key is pressed at what looks like a pager: a line may still be growing. */
export const PAGER_MS = 250;
/** Silence before a question ends telemetry. */
export const QUESTION_MS = 1_000;
/** Silence at the prompt before a marker of two-step mode is written. */
export const TWO_STEP_MS = 60;
/** Least silence that ends an answer without a marker [T42]. */
export const QUIET_MS = 250;
/** Silence on an unknown last line before one line feed asks for the prompt again [T37]. */
export const RENAME_MS = 2_000;
/** A host is renamed at most this often before telemetry gives up [T37]. */
export const RENAME_EVERY_MS = 3_600_000;
/** Without any answer to a line feed for this long there is no prompt to learn. */
export const LEARN_MS = 10_000;
/** An answer of more lines than the screen, unpaged, proves that paging is off [T35]. */
export const SCREEN_LINES = 24;
