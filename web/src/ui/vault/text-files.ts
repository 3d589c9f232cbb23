import type { ErrorPayload } from "#bridge/types.ts";
import { saveFile } from "../text/save-file.ts";

/** A kind of file: how large it may be, in bytes and in characters of its text alike, and what is said of a larger one. */
type FileKind = { max: number; reason: string };
/** The worker's own limits [S57] [S67]. */
export const KEY_FILE: FileKind = { max: 64 * 1024, reason: "key_too_large" };
export const VAULT_FILE: FileKind = { max: 8 * 1024 * 1024, reason: "vault_file_large" };
const UNREADABLE: ErrorPayload = { code: "invalid", reason: "file_unreadable", retry: "user" };

const tooLarge = ({ reason }: FileKind): ErrorPayload => ({ code: "invalid", reason, retry: "user" });

/** Of a text that was pasted. */
export function tooLong(text: string, kind: FileKind): ErrorPayload | undefined {
  return text.length > kind.max ? tooLarge(kind) : undefined;
}

/** A file's text, or why there is none; one that is too large is not read. */
export async function readTextFile(
  file: File,
  kind: FileKind,
): Promise<{ ok: true; text: string } | { ok: false; error: ErrorPayload }> {
  if (file.size > kind.max) return { ok: false, error: tooLarge(kind) };
  try {
    return { ok: true, text: await file.text() };
  } catch {
    return { ok: false, error: UNREADABLE };
  }
}

/** Hands a vault's text to the browser's own way of saving. */
export function saveTextFile(name: string, text: string): void {
  saveFile({ name, mime: "application/json", text });
}
