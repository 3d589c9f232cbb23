import { encodeKey } from "./key-encoder.ts";
import { type Key, type KeyModes, type Modifiers, PLAIN } from "./keys.ts";
import {
  activeModifiers,
  afterKey,
  type ModifierName,
  modifierStates,
  NO_MODIFIERS,
  type StickyModifiers,
  tapModifier,
} from "./sticky-modifiers.ts";

/** Bytes to send, as text that is encoded as UTF-8, for keys and typed text under the bar's modifiers. */
export class InputEncoder {
  #sticky: StickyModifiers = NO_MODIFIERS;
  readonly #modes: () => KeyModes;
  readonly #now: () => number;

  constructor(modes: () => KeyModes, now: () => number) {
    this.#modes = modes;
    this.#now = now;
  }

  /** What the modifier keys show. */
  get modifiers(): ReturnType<typeof modifierStates> {
    return modifierStates(this.#sticky, this.#now());
  }

  get sticky(): StickyModifiers {
    return this.#sticky;
  }

  tap(name: ModifierName): void {
    this.#sticky = tapModifier(this.#sticky, name, this.#now());
  }

  /** Focus went elsewhere: nothing stays pressed [U17] [U30]. */
  clearModifiers(): void {
    this.#sticky = NO_MODIFIERS;
  }

  /** A key with its own modifiers and those of the bar. */
  key(key: Key, own: Modifiers = PLAIN): string {
    const bar = activeModifiers(this.#sticky, this.#now());
    this.#sticky = afterKey(this.#sticky);
    const mods = { ctrl: own.ctrl || bar.ctrl, alt: own.alt || bar.alt, shift: own.shift || bar.shift };
    return encodeKey(key, mods, this.#modes());
  }

  /** Typed text: the bar's modifiers take one character, the rest goes as it is [U18]. */
  text(erase: number, write: string): string {
    const erased = encodeKey({ name: "Backspace" }, PLAIN, this.#modes()).repeat(erase);
    const [first, ...rest] = Array.from(write);
    if (first === undefined) return erased;
    return erased + this.key({ text: first }) + rest.join("");
  }
}
