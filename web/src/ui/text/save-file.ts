import type { ExportedFile } from "#bridge/types.ts";

/** Long enough for a slow tablet to take a large file. */
const SAVE_MS = 60_000;

/** Hands a text to the browser's own way of saving. */
export function saveFile({ name, mime, text }: ExportedFile): void {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read the blob only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
}
