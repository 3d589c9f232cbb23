/** Control characters as visible escapes, so that typed text can be shown without acting [S86]. */
export function visibleText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/[\p{Cc}\p{Cf}]/gu, escapeOf);
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x0d) return "⏎";
  if (code === 0x09) return "⇥";
  if (code === 0x1b) return "␛";
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  return code === 0x7f ? "^?" : `\\u{${code.toString(16)}}`;
}
