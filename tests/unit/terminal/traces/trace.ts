import type { CaptureEvent } from "#terminal/capture-model.ts";
import { FILLER } from "#terminal/capture-model.ts";
import type { KeyEventLike } from "#terminal/key-event.ts";

/** An event of a trace: `typed` stands for the field's text after the filler as it is at that moment. */
export type TraceEvent = CaptureEvent | { type: "typed"; inputType: string; text: string };

/** Events of a keyboard in the field, and the exact bytes that they must become [U31]. */
export type Trace = { name: string; events: TraceEvent[]; bytes: string; pasted?: string[] };

/** Makers of events, in the shape in which browsers report them. */
export const ev = {
  key: (key: string, code: string, more: Partial<KeyEventLike> = {}): TraceEvent => ({
    type: "keydown",
    key,
    code,
    ctrlKey: false,
    altKey: false,
    shiftKey: false,
    metaKey: false,
    isComposing: false,
    is229: false,
    altGraph: false,
    apple: false,
    ...more,
  }),
  unnamed: (): TraceEvent => ev.key("Unidentified", "", { is229: true }),
  input: (text: string, inputType: string): TraceEvent => ({ type: "typed", inputType, text }),
  /** The field after so many characters of the filler were deleted. */
  shorter: (by: number, inputType: string): TraceEvent => ({ type: "input", inputType, value: FILLER.slice(0, -by) }),
  beforeInput: (inputType: string, cancelable: boolean): TraceEvent => ({ type: "beforeinput", inputType, cancelable }),
  compositionStart: (): TraceEvent => ({ type: "compositionstart" }),
  compositionEnd: (text: string): TraceEvent => ({ type: "compositionend", value: FILLER + text }),
  paste: (text: string): TraceEvent => ({ type: "paste", text }),
};
