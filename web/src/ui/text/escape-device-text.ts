/** Longest piece of device text shown in one place; the raw text is always one tap away. */
export const DEVICE_TEXT_MAX_CHARS = 512;

/**
 * Control, format (bidirectional, zero-width, tags), lone surrogate, line-separating and blank-looking characters, and
 * variation selectors: each could make text look like something else. Tab and line feed are handled before.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}]|\u115f|\u1160|\u3164|\uffa0/gu;

/** Visible form of one character: `^[` style for C0, `<U+202E>` for the rest. */
function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return "^?";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * Makes text of a device safe to show beside our own [S86]: hidden characters become visible escapes, tabs and line
 * feeds become blanks unless `lines`, and it is cut at `max` characters with an ellipsis.
 */
export function escapeDeviceText(text: string, max = DEVICE_TEXT_MAX_CHARS, lines = false): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  const flat = lines ? cut.replace(/\r\n/g, "\n") : cut.replace(/[\t\n]+|\r\n/g, " ");
  return flat.replace(HIDDEN, visible);
}
