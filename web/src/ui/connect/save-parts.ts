import type { ErrorPayload, Result } from "#bridge/types.ts";

/** One thing that a form stores. `what`: as it is called in a sentence. */
export type SavePart = { what: string; run: () => Promise<Result> };
/** The first part that was refused, what was stored before it, and what was not tried after it. */
export type PartlySaved = { error: ErrorPayload; saved: readonly string[]; missing: readonly string[] };

/** Stores one after the other, up to the first that is refused; undefined: all are stored. */
export async function saveParts(parts: readonly SavePart[]): Promise<PartlySaved | undefined> {
  for (const [at, part] of parts.entries()) {
    const result = await part.run();
    if (result.ok) continue;
    const named = parts.map(({ what }) => what);
    return { error: result.error, saved: named.slice(0, at), missing: named.slice(at) };
  }
  return undefined;
}

/** The heading over the refusal [S98]. */
export function savedTitle({ saved }: PartlySaved): string {
  return saved.length === 0 ? "Not saved" : "Saved in part";
}

/** What is stored and what is not, by name; undefined where nothing is and that says it all. */
export function savedText({ saved, missing }: PartlySaved): string | undefined {
  if (saved.length === 0) return undefined;
  return `Saved: ${saved.join(", ")}. Not saved: ${missing.join(", ")}.`;
}
