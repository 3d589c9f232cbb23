/** Text that a device wants on the clipboard and a person has to allow [S85]. */
export type ClipboardOffer = {
  /** Size of the text in bytes, as it came. */
  bytes: number;
  /** Its beginning, as it is; whoever shows it escapes it. */
  preview: string;
  /** Characters after the preview. */
  more: number;
  /** Control characters that are not copied. */
  removed: number;
};

/** Largest text that is offered [S85]. */
export const OFFER_MAX_BYTES = 64 * 1024;
const PREVIEW_MAX_CHARS = 400;
/** All controls but tab and line feed: wherever the text is pasted, it must not act. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

export type ClipboardDeps = {
  /** The person allows this device to ask, and what comes is no replay. */
  asks(): boolean;
  changed(offer: ClipboardOffer | undefined): void;
  notice(text: string): void;
};

/**
 * What devices say by OSC 52: reading is never answered; writing is ignored unless the person lets this device ask, and
 * then each time shown before anything happens [S85].
 */
export class ClipboardDesk {
  readonly #deps: ClipboardDeps;
  #text: string | undefined;

  constructor(deps: ClipboardDeps) {
    this.#deps = deps;
  }

  /** `data` of OSC 52: the selections' letters, a semicolon, and base64 or a question mark. */
  take(data: string): void {
    // What a person looks at is what they answer: nothing takes its place meanwhile.
    if (!this.#deps.asks() || this.#text !== undefined) return;
    const coded = data.slice(data.indexOf(";") + 1);
    if (coded === "?" || coded === "") return;
    if (Math.floor((coded.length * 3) / 4) > OFFER_MAX_BYTES + 2) {
      this.#deps.notice("The device offered more than 64 KiB for the clipboard; nothing was taken.");
      return;
    }
    const bytes = decode(coded);
    if (bytes === undefined || bytes.length > OFFER_MAX_BYTES) {
      this.#deps.notice("The device offered something for the clipboard that is no text; nothing was taken.");
      return;
    }
    this.#offer(new TextDecoder().decode(bytes), bytes.length);
  }

  /** The text to copy, or undefined; either way the question is over. */
  answer(what: "copy" | "ignore"): string | undefined {
    const text = this.#text;
    this.#text = undefined;
    this.#deps.changed(undefined);
    return what === "copy" ? text : undefined;
  }

  #offer(raw: string, bytes: number): void {
    const text = raw.replace(/\r\n?/g, "\n").replace(CONTROLS, "");
    const removed = raw.replace(/\r\n?/g, "\n").length - text.length;
    this.#text = text;
    const preview = text.slice(0, PREVIEW_MAX_CHARS);
    this.#deps.changed({ bytes, preview, more: text.length - preview.length, removed });
  }
}

function decode(coded: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
