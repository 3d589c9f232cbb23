type Kind = "name" | "serial" | "mac" | "ip";
/** A name as it was given, for free text. */
type Spelling = { lower: string; pattern: RegExp; stand: string };
/** A stretch of a text that must not be told; `stand` is made when it is known to stand alone. */
type Span = { start: number; end: number; stand: () => string };

/** Hides names and addresses, each under one stand-in wherever it occurs, so that a report can leave the house [T87]. */
export class Mask {
  readonly #stands = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();
  readonly #spellings = new Map<string, Spelling>();

  /** A name of its own kind: the same text, in whatever case, gives the same stand-in. */
  name(kind: Kind, text: string): string {
    if (text === "") return text;
    const key = `${kind} ${text.toLowerCase()}`;
    let made = this.#stands.get(key);
    if (made === undefined) {
      const n = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, n);
      made = `${kind}-${n}`;
      this.#stands.set(key, made);
    }
    // Signs alone name nobody, and are in every text.
    if ((kind === "name" || kind === "serial") && !this.#spellings.has(text) && /[\p{L}\p{N}]/u.test(text))
      this.#spellings.set(text, { lower: text.toLowerCase(), pattern: wordPattern(text), stand: made });
    return made;
  }

  /** Free text: addresses in it, and names that were given before; where such overlap, the whole stretch is hidden. */
  text(text: string): string {
    const spans = [...this.#names(text), ...this.#addresses(text)].toSorted(
      (a, b) => a.start - b.start || b.end - a.end,
    );
    let out = "";
    let from = 0;
    for (let at = 0; at < spans.length; ) {
      const first = spans[at] as Span;
      let { end } = first;
      for (at++; at < spans.length && (spans[at] as Span).start < end; at++)
        end = Math.max(end, (spans[at] as Span).end);
      out += text.slice(from, first.start);
      out += end === first.end ? first.stand() : this.name("name", text.slice(first.start, end));
      from = end;
    }
    return out + text.slice(from);
  }

  #names(text: string): Span[] {
    const lower = text.toLowerCase();
    const spans: Span[] = [];
    for (const { lower: word, pattern, stand } of this.#spellings.values()) {
      if (!lower.includes(word)) continue;
      pattern.lastIndex = 0;
      for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
        spans.push({ start: found.index, end: found.index + found[0].length, stand: () => stand });
        // Others of the same name may begin inside this one.
        pattern.lastIndex = found.index + 1;
      }
    }
    return spans;
  }

  #addresses(text: string): Span[] {
    return [...text.matchAll(ADDRESS)].flatMap(({ 0: found, index }) => {
      const kind = isMac(found) ? "mac" : "ip";
      // A time of day has colons, too.
      if (kind === "ip" && found.includes(":") && !isIpv6(found)) return [];
      return [{ start: index, end: index + found.length, stand: () => this.name(kind, found) }];
    });
  }
}

const MAC = String.raw`\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:])|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b`;
const IPV4 = String.raw`\b(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?\b`;
const IPV6 = String.raw`(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?:\/\d{1,3})?(?![\w:])`;
const ADDRESS = new RegExp(`${MAC}|${IPV6}|${IPV4}`, "giu");
const MAC_ALONE = new RegExp(`^(?:${MAC})$`, "iu");

/** The usual ways to write one. */
export function isMac(text: string): boolean {
  return MAC_ALONE.test(text);
}

function isIpv6(text: string): boolean {
  return text.includes("::") || text.split("/")[0]?.split(":").length === 8;
}

/** The word whole, in any case; signs may stand beside it. */
function wordPattern(word: string): RegExp {
  const exact = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${exact}(?![\\p{L}\\p{N}])`, "giu");
}
