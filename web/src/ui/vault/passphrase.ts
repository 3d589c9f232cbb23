/** Shortest passphrase that the vault takes, in characters [S68]. */
const PASSPHRASE_MIN_CHARS = 10;

/** What is wrong with a new passphrase and its repetition, in words; undefined when it may be used. */
export function newPassphraseFault(passphrase: string, again: string): string | undefined {
  if (Array.from(passphrase).length < PASSPHRASE_MIN_CHARS) {
    return `A passphrase has at least ${PASSPHRASE_MIN_CHARS} characters.`;
  }
  return passphrase === again ? undefined : "The two do not match.";
}
