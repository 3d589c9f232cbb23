import { type KeyEventLike, readKeyEvent } from "./key-event.ts";
import { type Key, type Modifiers, PLAIN } from "./keys.ts";
import { difference } from "./text-difference.ts";

/**
 * What stands in the empty capture field: without it a soft keyboard has nothing to delete and sends nothing for
 * Backspace [U25]. No letter and no blank, so that no keyboard joins it with a word or turns two blanks into a dot.
 */
export const FILLER = "·".repeat(24);
/** Typed text beyond this is dropped from the field, which else would grow and slow the keyboard down. */
const FIELD_MAX_CHARS = 120;
/** With less filler than this the field is filled up again. */
const FILLER_MIN_CHARS = 12;

/** Scripts whose keyboards compose words letter by letter; others compose towards a different text. */
const LETTER_BY_LETTER = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}\p{P}\p{S}\p{Zs}·]*$/u;

/** DOM events of the capture field as plain data, so that field reports can be kept as traces [U31]. */
export type CaptureEvent =
  | ({ type: "keydown" } & KeyEventLike)
  | { type: "beforeinput"; inputType: string; cancelable: boolean }
  | { type: "input"; inputType: string; value: string }
  | { type: "compositionstart" }
  | { type: "compositionend"; value: string }
  | { type: "paste"; text: string };

/** What an event asks for, in order. */
export type CaptureAction =
  /** The browser must not act on the event. */
  | { kind: "prevent" }
  | { kind: "key"; key: Key; mods: Modifiers }
  /** Erase that many characters before the cursor, then write. */
  | { kind: "text"; erase: number; write: string }
  | { kind: "paste"; text: string }
  /** The field must hold this now, with the caret at its end. */
  | { kind: "field"; value: string };

/** Deletes that mean more than one character: what a shell and a network CLI both understand. */
const LINE_DELETES: Readonly<Record<string, string>> = {
  deleteWordBackward: "\x17",
  deleteSoftLineBackward: "\x15",
  deleteHardLineBackward: "\x15",
};

/** Reads the capture field: turns its events into what the person meant [U24] [U25]. Pure; owns no DOM. */
export class CaptureModel {
  #last = FILLER;
  #composing = false;
  /** The composition is a soft keyboard's way to type a word, so its letters are sent as they come. */
  #atOnce = false;
  #lastKeyUnidentified = false;

  get composing(): boolean {
    return this.#composing;
  }

  /** One event; the actions are to be done before the next event is read. */
  take(event: CaptureEvent): CaptureAction[] {
    switch (event.type) {
      case "keydown":
        return this.#keydown(event);
      case "beforeinput":
        return this.#beforeInput(event);
      case "input":
        return this.#input(event);
      case "compositionstart":
        this.#composing = true;
        this.#atOnce = this.#lastKeyUnidentified;
        return [];
      case "compositionend":
        this.#composing = false;
        return [...this.#changes(event.value), ...this.#tidy(event.value)];
      default:
        return [{ kind: "prevent" }, { kind: "paste", text: event.text }];
    }
  }

  /** The field was emptied from outside (blur, Enter on the bar): forget what was typed [U30]. */
  reset(): CaptureAction[] {
    this.#composing = false;
    return this.#clear();
  }

  #keydown(event: KeyEventLike): CaptureAction[] {
    const unnamed = event.key === "Unidentified" || event.key === "";
    if (unnamed || event.is229) this.#lastKeyUnidentified = unnamed;
    else this.#lastKeyUnidentified = false;
    const meaning = readKeyEvent(event);
    if (meaning.kind !== "send") return [];
    return [{ kind: "prevent" }, { kind: "key", key: meaning.key, mods: meaning.mods }, ...this.#clear()];
  }

  #beforeInput(event: { inputType: string; cancelable: boolean }): CaptureAction[] {
    const { inputType, cancelable } = event;
    if (inputType === "insertLineBreak" || inputType === "insertParagraph") {
      if (!cancelable) return [];
      return [{ kind: "prevent" }, { kind: "key", key: { name: "Enter" }, mods: PLAIN }, ...this.#clear()];
    }
    const line = LINE_DELETES[inputType];
    if (line !== undefined && cancelable && !this.#composing) {
      return [{ kind: "prevent" }, { kind: "text", erase: 0, write: line }, ...this.#clear()];
    }
    if (inputType.startsWith("delete") && inputType.endsWith("Forward") && cancelable) {
      return [{ kind: "prevent" }, { kind: "key", key: { name: "Delete" }, mods: PLAIN }];
    }
    // The paste event has the text; undo in this field would type at the device.
    if (inputType === "insertFromDrop" || inputType.startsWith("history")) return [{ kind: "prevent" }];
    return [];
  }

  #input(event: { inputType: string; value: string }): CaptureAction[] {
    if (this.#composing && !(this.#atOnce && LETTER_BY_LETTER.test(event.value))) return [];
    const actions = this.#changes(event.value);
    return this.#composing ? actions : [...actions, ...this.#tidy(event.value)];
  }

  /** The difference since the last event, with line ends as keys: own lines of text are a paste to be reviewed [S91]. */
  #changes(value: string): CaptureAction[] {
    const { erase, write } = difference(this.#last, value);
    this.#last = value;
    if (erase === 0 && write === "") return [];
    if (write === "\n")
      return [
        { kind: "text", erase, write: "" },
        { kind: "key", key: { name: "Enter" }, mods: PLAIN },
      ];
    if (write.includes("\n")) {
      return [
        { kind: "text", erase, write: "" },
        { kind: "paste", text: write },
      ];
    }
    return [{ kind: "text", erase, write }];
  }

  /** Refills the field when it is worn out. Never while composing: keyboards then insert their word a second time. */
  #tidy(value: string): CaptureAction[] {
    const worn = !value.startsWith(FILLER.slice(0, FILLER_MIN_CHARS));
    const long = value.length > FILLER.length + FIELD_MAX_CHARS;
    return worn || long || value.includes("\n") ? this.#clear() : [];
  }

  #clear(): CaptureAction[] {
    if (this.#composing || this.#last === FILLER) return [];
    this.#last = FILLER;
    return [{ kind: "field", value: FILLER }];
  }
}
