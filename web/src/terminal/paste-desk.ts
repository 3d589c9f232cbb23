import { judgePaste, type PasteReview, pasteBytes } from "./paste-review.ts";

export type PasteDeps = {
  /** The device turned bracketed paste on [U47]. */
  bracketed: () => boolean;
  /** Text that goes at once: `text` as typed, `wire` as sent. */
  send: (text: string, wire: string) => void;
  /** A released review; it is no typed line. */
  release: (wire: string) => void;
  changed: (review: PasteReview | undefined) => void;
};

/** Pasted text on its way: sent at once, or kept until a person has decided [S90]. */
export class PasteDesk {
  readonly #deps: PasteDeps;
  #text = "";
  #review: PasteReview | undefined;

  constructor(deps: PasteDeps) {
    this.#deps = deps;
  }

  take(raw: string): void {
    const bracketed = this.#deps.bracketed();
    const { paste, review } = judgePaste(raw, bracketed);
    if (review !== undefined) this.#set(paste.text, review);
    else if (paste.text !== "") this.#deps.send(paste.text, pasteBytes(paste.text, bracketed));
  }

  /** Sends the whole text as reviewed, or its first line with Enter. */
  release(what: "all" | "first"): void {
    const [text, review] = [this.#text, this.#review];
    if (review === undefined) return;
    this.cancel();
    // The brackets hold only while the device still asks for them; a single line is meant to run.
    if (what === "all") this.#deps.release(pasteBytes(text, this.#deps.bracketed()));
    else this.#deps.release(`${review.lines[0]?.text ?? ""}\r`);
  }

  cancel(): void {
    this.#set("", undefined);
  }

  #set(text: string, review: PasteReview | undefined): void {
    this.#text = text;
    this.#review = review;
    this.#deps.changed(review);
  }
}
