import { type CaptureAction, type CaptureEvent, CaptureModel, FILLER } from "./capture-model.ts";

/** What the field found out, in order. */
export type CaptureTarget = {
  act(action: Exclude<CaptureAction, { kind: "prevent" | "field" }>): void;
  /** Keys of the app: F6, Ctrl-Shift-C and their like. True when it was used. */
  appKey(event: KeyboardEvent): boolean;
  focused(on: boolean): void;
  /** What a copy in the field means; empty when nothing is selected in the terminal. */
  selection(): string;
};

const APPLE = /Mac|iPad|iPhone/.test(navigator.platform);

/** The field that reads keyboards, in place of the terminal's own [U24]. Its rules are in {@link CaptureModel}. */
export class CaptureField {
  readonly element: HTMLTextAreaElement;
  readonly #model = new CaptureModel();
  readonly #target: CaptureTarget;

  constructor(target: CaptureTarget) {
    this.#target = target;
    const field = document.createElement("textarea");
    this.element = field;
    field.className = "rs-capture";
    field.value = FILLER;
    field.rows = 1;
    field.setAttribute("aria-label", "Terminal input");
    const off = { autocomplete: "off", autocorrect: "off", autocapitalize: "none", spellcheck: "false" };
    for (const [name, value] of Object.entries({
      ...off,
      enterkeyhint: "enter",
      "data-gramm": "false",
      "data-region-entry": "",
    })) {
      field.setAttribute(name, value);
    }
    this.#listen(field);
  }

  /** Shows or suppresses the soft keyboard from the next focus on [U26]. */
  setKeyboard(wanted: boolean): void {
    this.element.inputMode = wanted ? "text" : "none";
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
    this.#caretToEnd();
  }

  #listen(field: HTMLTextAreaElement): void {
    field.addEventListener("keydown", (event) => this.#keydown(event));
    field.addEventListener("beforeinput", (event) => {
      const { inputType, cancelable } = event;
      if (inputType === "insertFromPaste") {
        const text = event.dataTransfer?.getData("text/plain") ?? event.data;
        if (typeof text === "string" && text !== "") this.#take(event, { type: "paste", text });
        else event.preventDefault();
      } else this.#take(event, { type: "beforeinput", inputType, cancelable });
    });
    field.addEventListener("input", (event) => {
      const inputType = event instanceof InputEvent ? event.inputType : "";
      this.#take(event, { type: "input", inputType, value: field.value });
    });
    field.addEventListener("compositionstart", (event) => this.#take(event, { type: "compositionstart" }));
    field.addEventListener("compositionend", (event) =>
      this.#take(event, { type: "compositionend", value: field.value }),
    );
    field.addEventListener("paste", (event) => {
      this.#take(event, { type: "paste", text: event.clipboardData?.getData("text/plain") ?? "" });
    });
    field.addEventListener("copy", (event) => {
      const text = this.#target.selection();
      if (text !== "") event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    });
    field.addEventListener("drop", (event) => event.preventDefault());
    field.addEventListener("focus", () => this.#target.focused(true));
    field.addEventListener("blur", () => {
      this.#do(this.#model.reset());
      this.#target.focused(false);
    });
  }

  #keydown(event: KeyboardEvent): void {
    // While a word is composed, keys are the keyboard's own [U25].
    const is229 = event.keyCode === 229;
    if (!event.isComposing && !is229 && this.#target.appKey(event)) {
      event.preventDefault();
      return;
    }
    this.#take(event, {
      type: "keydown",
      key: event.key,
      code: event.code,
      ctrlKey: event.ctrlKey,
      altKey: event.altKey,
      shiftKey: event.shiftKey,
      metaKey: event.metaKey,
      isComposing: event.isComposing,
      is229,
      altGraph: event.getModifierState("AltGraph"),
      apple: APPLE,
    });
  }

  #take(event: Event, read: CaptureEvent): void {
    const actions = this.#model.take(read);
    if (actions.some((action) => action.kind === "prevent")) event.preventDefault();
    this.#do(actions);
  }

  #do(actions: CaptureAction[]): void {
    for (const action of actions) {
      if (action.kind === "field") {
        this.element.value = action.value;
        this.#caretToEnd();
      } else if (action.kind !== "prevent") this.#target.act(action);
    }
  }

  #caretToEnd(): void {
    if (this.#model.composing) return;
    const end = this.element.value.length;
    this.element.setSelectionRange(end, end);
  }
}
