import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import type { IUnicodeVersionProvider, Terminal } from "@xterm/xterm";

/**
 * Most code points that join one cell. The longest emoji in use have about ten; a device that writes millions of
 * combining marks into one cell would make each drawing of it take seconds.
 */
export const JOINED_MAX = 32;
/** The lowest bit of the emulator's character properties says "joins the character before". */
const JOINS = 1;
const CAPPED_VERSION = "15-graphemes-capped";

/** Grapheme clusters of Unicode 15 with a bound on their length: what is beyond it gets cells of its own. */
export function cappedClusters(inner: IUnicodeVersionProvider): IUnicodeVersionProvider {
  let joined = 0;
  return {
    version: CAPPED_VERSION,
    wcwidth: (codepoint) => inner.wcwidth(codepoint),
    charProperties(codepoint, preceding) {
      const properties = inner.charProperties(codepoint, preceding);
      if ((properties & JOINS) === 0) {
        joined = 0;
        return properties;
      }
      joined++;
      if (joined < JOINED_MAX) return properties;
      joined = 0;
      return inner.charProperties(codepoint, 0);
    },
  };
}

/** Turns grapheme clusters on, bounded. */
export function capClusters(terminal: Pick<Terminal, "unicode">): void {
  const offered: IUnicodeVersionProvider[] = [];
  // The addon's provider is to be had only by letting it register.
  const catcher = { unicode: { register: (one: IUnicodeVersionProvider) => offered.push(one), activeVersion: "" } };
  new UnicodeGraphemesAddon().activate(catcher as unknown as Terminal);
  const clusters = offered.find((one) => one.version === "15-graphemes");
  if (clusters === undefined) throw new Error("the addon offers no grapheme clusters");
  terminal.unicode.register(cappedClusters(clusters));
  terminal.unicode.activeVersion = CAPPED_VERSION;
}
