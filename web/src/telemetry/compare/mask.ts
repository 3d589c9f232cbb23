/** Hides names and addresses, each under one stand-in wherever it occurs, so that a report can leave the house [T87]. */
export class Mask {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** A name of its own kind: the same text gives the same stand-in. */
  name(kind: string, text: string): string {
    if (text === "") return text;
    const key = `${kind} ${text.toLowerCase()}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    const made = `${kind}-${n}`;
    this.#names.set(key, made);
    return made;
  }

  /** Free text: addresses in it, and names that were given before. */
  text(text: string): string {
    let out = text
      .replaceAll(MAC, (mac) => this.name("mac", mac))
      .replaceAll(IPV6, (ip) => (isIpv6(ip) ? this.name("ip", ip) : ip))
      .replaceAll(IPV4, (ip) => this.name("ip", ip));
    // Longest first: a name may be part of a longer one.
    for (const [key, stand] of [...this.#names].toSorted((a, b) => b[0].length - a[0].length)) {
      const at = key.indexOf(" ");
      const [kind, name] = [key.slice(0, at), key.slice(at + 1)];
      if (kind !== "name" && kind !== "serial") continue;
      out = replaceWord(out, name, stand);
    }
    return out;
  }
}

const MAC = /\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b/gi;
const IPV4 = /\b(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?\b/g;
const IPV6 = /(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:\/\d{1,3})?/gi;

/** A time of day has colons, too. */
function isIpv6(text: string): boolean {
  return text.includes("::") || text.split("/")[0]?.split(":").length === 8;
}

function replaceWord(text: string, word: string, stand: string): string {
  const lower = text.toLowerCase();
  let out = "";
  let from = 0;
  for (;;) {
    const at = lower.indexOf(word, from);
    if (at === -1) return out + text.slice(from);
    const [before, after] = [text[at - 1] ?? " ", text[at + word.length] ?? " "];
    const whole = !/[\w]/.test(before) && !/[\w]/.test(after);
    out += text.slice(from, at) + (whole ? stand : text.slice(at, at + word.length));
    from = at + word.length;
  }
}
