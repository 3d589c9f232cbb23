import { CaptureField } from "./capture-field.ts";
import type { CaptureAction } from "./capture-model.ts";
import { InputEncoder } from "./input-encoder.ts";
import type { Key, KeyModes, Modifiers } from "./keys.ts";
import { type ModifierName, nextExpiry } from "./sticky-modifiers.ts";
import type { TerminalState } from "./terminal-handle.ts";

export type KeyboardDeps = {
  modes(): KeyModes;
  /** What the person typed, encoded. */
  typed(text: string): void;
  paste(text: string): void;
  selection(): string;
  appKey(event: KeyboardEvent): boolean;
  publish(changes: Partial<TerminalState>): void;
};

/** Keyboards of a terminal: the capture field, the bar's sticky modifiers, the soft keyboard's wish to be seen. */
export class TerminalKeyboard {
  readonly field: CaptureField;
  readonly #deps: KeyboardDeps;
  readonly #encoder: InputEncoder;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #keyboard = false;

  constructor(deps: KeyboardDeps) {
    this.#deps = deps;
    this.#encoder = new InputEncoder(
      () => deps.modes(),
      () => performance.now(),
    );
    this.field = new CaptureField({
      act: (action) => this.#act(action),
      appKey: (event) => deps.appKey(event),
      selection: () => deps.selection(),
      focused: (on) => {
        if (!on) this.clearModifiers();
        deps.publish({ focused: on });
      },
    });
    this.field.setKeyboard(false);
  }

  press(key: Key, mods: Modifiers): void {
    const bytes = this.#encoder.key(key, mods);
    this.#changed();
    this.#deps.typed(bytes);
  }

  /** Text put at the cursor by the app; the bar's modifiers have no say in it. */
  insert(text: string): void {
    this.#deps.typed(text);
  }

  tap(name: ModifierName): void {
    this.#encoder.tap(name);
    this.#changed();
  }

  clearModifiers(): void {
    this.#encoder.clearModifiers();
    this.#changed();
  }

  /** Shows or hides the soft keyboard: browsers look at the field's input mode when it gets the focus [U29]. */
  toggleSoft(): void {
    this.#keyboard = !this.#keyboard;
    this.field.setKeyboard(this.#keyboard);
    this.field.element.blur();
    this.field.focus();
    this.#deps.publish({ keyboard: this.#keyboard });
  }

  dispose(): void {
    clearTimeout(this.#expiry);
    this.field.element.remove();
  }

  #act(action: Exclude<CaptureAction, { kind: "prevent" | "field" }>): void {
    if (action.kind === "paste") this.#deps.paste(action.text);
    else if (action.kind === "key") this.press(action.key, action.mods);
    else {
      const bytes = this.#encoder.text(action.erase, action.write);
      this.#changed();
      this.#deps.typed(bytes);
    }
  }

  #changed(): void {
    this.#deps.publish({ modifiers: this.#encoder.modifiers });
    clearTimeout(this.#expiry);
    const at = nextExpiry(this.#encoder.sticky);
    if (at !== undefined) this.#expiry = setTimeout(() => this.#changed(), Math.max(0, at - performance.now()) + 1);
  }
}
