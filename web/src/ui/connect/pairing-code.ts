/** Secret of a pairing link: 128 bits in base64url [S4]. */
const LINK_CODE = /^[A-Za-z0-9_-]{22}$/;
/** The typed code has 8 characters of an alphabet without look-alikes [S5]. */
export const TYPED_CODE_CHARS = 8;

/** Code in the fragment of a pairing link, `#pair=<code>`; undefined when there is none. */
export function codeInFragment(fragment: string): string | undefined {
  const code = /^#pair=([^&]*)$/.exec(fragment)?.[1];
  return code !== undefined && LINK_CODE.test(code) ? code : undefined;
}

/** What a person pasted or typed: a link, its code, or the short code in any grouping and case. */
export function readCode(input: string): { code: string } | { error: string } {
  const text = input.trim();
  if (text === "") return { error: "Enter the code that the proxy printed." };
  const hash = text.indexOf("#");
  if (hash >= 0) {
    const code = codeInFragment(text.slice(hash));
    return code === undefined ? { error: "This link holds no pairing code." } : { code };
  }
  if (LINK_CODE.test(text)) return { code: text };
  const short = text.replace(/[\s-]/g, "").toUpperCase();
  if (/^[0-9A-Z]{8}$/.test(short)) return { code: short };
  return { error: `The code has ${TYPED_CODE_CHARS} letters and digits; a pasted link works as well.` };
}
