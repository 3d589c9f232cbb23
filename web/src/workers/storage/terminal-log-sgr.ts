/** Attributes of the next character by kind, as the parameters that set them (ECMA-48 SGR). */
export class CharacterStyle {
  readonly #set = new Map<string, string>();

  reset(): void {
    this.#set.clear();
  }

  /** Parameters between `CSI` and `m`. */
  apply(params: string): void {
    const codes = params.split(";");
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at] ?? "";
      const number = Number(code.split(":", 1)[0]);
      const colour = COLOURS.get(number);
      if (colour === undefined) this.#one(code, number);
      else {
        // A colour takes its components from the parameters that follow, unless it carries them after colons.
        const more = code.includes(":") ? 0 : codes[at + 1] === "5" ? 2 : codes[at + 1] === "2" ? 4 : 0;
        this.#set.set(colour, codes.slice(at, at + more + 1).join(";"));
        at += more;
      }
    }
  }

  #one(code: string, number: number): void {
    if (number === 0) this.#set.clear();
    for (const kind of OFF.get(number) ?? []) this.#set.delete(kind);
    const kind = kindOf(number);
    if (kind === undefined) return;
    if (code === "4:0") this.#set.delete(kind);
    else this.#set.set(kind, code);
  }

  /** The sequence that sets all of it from plain; empty when it is plain. */
  toString(): string {
    return this.#set.size === 0 ? "" : `\x1b[${[...this.#set.values()].join(";")}m`;
  }
}

const COLOURS: ReadonlyMap<number, string> = new Map([
  [38, "fg"],
  [48, "bg"],
  [58, "line"],
]);

const ON: ReadonlyMap<number, string> = new Map([
  [1, "bold"],
  [2, "faint"],
  [3, "italic"],
  [4, "underline"],
  [21, "underline"],
  [5, "blink"],
  [6, "blink"],
  [7, "inverse"],
  [8, "hidden"],
  [9, "strike"],
  [53, "over"],
]);

const OFF: ReadonlyMap<number, readonly string[]> = new Map([
  [22, ["bold", "faint"]],
  [23, ["italic"]],
  [24, ["underline"]],
  [25, ["blink"]],
  [27, ["inverse"]],
  [28, ["hidden"]],
  [29, ["strike"]],
  [39, ["fg"]],
  [49, ["bg"]],
  [55, ["over"]],
  [59, ["line"]],
]);

function kindOf(number: number): string | undefined {
  if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) return "fg";
  if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) return "bg";
  return ON.get(number);
}
