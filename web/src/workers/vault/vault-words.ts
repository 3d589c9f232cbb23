/** Shortest passphrase, in characters [S68]. */
const PASSPHRASE_MIN_CHARS = 10;
/** What has to be typed to erase a vault [S68]. */
const ERASE_WORD = "erase";

/** Counted as a person counts: a character outside of the basic plane is one. */
export function isShort(passphrase: string): boolean {
  return Array.from(passphrase).length < PASSPHRASE_MIN_CHARS;
}

export function isEraseWord(word: string): boolean {
  return word.trim().toLowerCase() === ERASE_WORD;
}
