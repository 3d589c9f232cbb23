import { saveFile } from "../text/save-file.ts";

/** Larger files are none that this app reads; the worker has the exact limits. */
const FILE_MAX_BYTES = 8 * 1024 * 1024;

/** A file's text, or undefined when it is too large or cannot be read. */
export async function readTextFile(file: File): Promise<string | undefined> {
  if (file.size > FILE_MAX_BYTES) return undefined;
  try {
    return await file.text();
  } catch {
    return undefined;
  }
}

/** Hands a vault's text to the browser's own way of saving. */
export function saveTextFile(name: string, text: string): void {
  saveFile({ name, mime: "application/json", text });
}
