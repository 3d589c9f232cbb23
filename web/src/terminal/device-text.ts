/** Longest device-supplied title that is shown [S86]. */
export const TITLE_MAX_CHARS = 64;

/** Control, format and invisible characters: they can hide text or turn its direction around [S86]. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/** Device text with its control, bidirectional and zero-width characters as visible escapes, cut to `max` [S86]. */
export function escapeHidden(text: string, max: number): string {
  const visible = text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : `\\u{${code.toString(16)}}`;
  });
  const characters = Array.from(visible);
  return characters.length > max ? `${characters.slice(0, max - 1).join("")}…` : visible;
}

/** A title as it may be shown; what is beyond the cap is not even looked at, since a device may send megabytes [S86]. */
export function deviceTitle(text: string): string {
  // A character has at most two units.
  return escapeHidden(text.slice(0, 2 * TITLE_MAX_CHARS + 2), TITLE_MAX_CHARS);
}
