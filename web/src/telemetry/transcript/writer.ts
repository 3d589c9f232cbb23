/** Why bytes are written. */
export type WritePurpose = "command" | "setup" | "marker" | "lf" | "pager" | "dialog" | "exit";

/** Bytes for the device, with what they are; only `Writer` makes them [T1]. */
export type Write = { bytes: Uint8Array; purpose: WritePurpose; text: string };

declare const allowed: unique symbol;

/** A command text that a pack can produce, after its parameters were checked. Only the pack's builder makes these. */
export type AllowedCommand = { readonly text: string; readonly [allowed]: true };

/** What a writer may send beside commands: the pack's session data. */
export type WriterRules = {
  setup: readonly string[];
  marker: "!" | "#" | ":" | "none";
  keys: readonly string[];
  exit: string;
  width: number;
};

const encoder = new TextEncoder();
/** Keys that a pager or a dialog may be given: one printable character, or nothing else. */
const KEY = /^[ a-zA-Z0-9]$/;
/** Room that a line editor needs beyond prompt and command before it scrolls or redraws [T31]. */
const EDITOR_MARGIN = 10;

/**
 * The one place where bytes for the device are made [T1]: an allow-listed command, a set-up command of the pack, an end
 * marker, a line feed, or a key that dismisses a pager or dialog. Nothing else can be expressed.
 */
export class Writer {
  private count = 0;
  readonly nonce: string;
  private rules: WriterRules;

  constructor(nonce: string, rules: WriterRules) {
    if (!/^[0-9a-f]{8}$/.test(nonce)) throw new RangeError("nonce: 8 hex digits");
    this.nonce = nonce;
    this.rules = rules;
  }

  /** Takes over the rules of the pack that was found. */
  use(rules: WriterRules): void {
    this.rules = rules;
  }

  /** True when the pack has a comment sign for markers. */
  get canMark(): boolean {
    return this.rules.marker !== "none";
  }

  get setup(): readonly string[] {
    return this.rules.setup;
  }

  /** The next marker: comment sign, session nonce, counter [T40]. */
  nextMarker(): string {
    this.count++;
    return `${this.rules.marker} rs-${this.nonce}${this.count}`;
  }

  /** True when the line fits without the editor redrawing it. */
  fits(command: string, prompt: string): boolean {
    return command.length <= this.rules.width - prompt.length - EDITOR_MARGIN;
  }

  /** A command, and its marker in the same frame when one is given. */
  command(command: AllowedCommand, marker?: string): Write {
    const text = line(command.text);
    return {
      bytes: encoder.encode(marker === undefined ? text : text + line(marker)),
      purpose: "command",
      text: command.text,
    };
  }

  /** A set-up command; nothing when the pack does not list it. */
  setupCommand(text: string): Write | undefined {
    return this.rules.setup.includes(text) ? { bytes: encoder.encode(line(text)), purpose: "setup", text } : undefined;
  }

  marker(text: string): Write {
    return { bytes: encoder.encode(line(text)), purpose: "marker", text };
  }

  lineFeed(): Write {
    return { bytes: encoder.encode("\n"), purpose: "lf", text: "" };
  }

  /** A key for a pager or a dialog; nothing when the rules do not list it. */
  key(key: string, purpose: "pager" | "dialog"): Write | undefined {
    return KEY.test(key) && this.rules.keys.includes(key)
      ? { bytes: encoder.encode(key), purpose, text: key }
      : undefined;
  }

  exit(): Write {
    return { bytes: encoder.encode(line(this.rules.exit)), purpose: "exit", text: this.rules.exit };
  }
}

/** One line: control characters can never be part of it. */
function line(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new RangeError("control character in a line");
  return `${text}\n`;
}
