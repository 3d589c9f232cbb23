/** Larger files are none that this app reads; the worker has the exact limits. */
const FILE_MAX_BYTES = 8 * 1024 * 1024;

/** Long enough for a slow tablet to take 8 MiB. */
const SAVE_MS = 60_000;

/** A file's text, or undefined when it is too large or cannot be read. */
export async function readTextFile(file: File): Promise<string | undefined> {
  if (file.size > FILE_MAX_BYTES) return undefined;
  try {
    return await file.text();
  } catch {
    return undefined;
  }
}

/** Hands a text to the browser's own way of saving. */
export function saveTextFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read the blob only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
}
