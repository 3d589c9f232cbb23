import { describe, expect, it } from "vitest";
import { CaptureModel, FILLER } from "#terminal/capture-model.ts";
import { InputEncoder } from "#terminal/input-encoder.ts";
import { gboard } from "./traces/gboard.ts";
import { ipad } from "./traces/ipad.ts";
import { layouts } from "./traces/layouts.ts";
import type { Trace } from "./traces/trace.ts";

/** Plays a trace as the field would: an input event follows the model's own changes of the field. */
function play(trace: Trace): { bytes: string; pasted: string[]; field: string } {
  const model = new CaptureModel();
  const encoder = new InputEncoder(
    () => ({ applicationCursor: false, backspace: "del" }),
    () => 0,
  );
  let field = FILLER;
  let bytes = "";
  const pasted: string[] = [];
  for (const event of trace.events) {
    const read =
      event.type === "typed"
        ? { type: "input" as const, inputType: event.inputType, value: FILLER + event.text }
        : event;
    if (read.type === "input" || read.type === "compositionend") field = read.value;
    for (const action of model.take(read)) {
      if (action.kind === "key") bytes += encoder.key(action.key, action.mods);
      else if (action.kind === "text") bytes += encoder.text(action.erase, action.write);
      else if (action.kind === "paste") pasted.push(action.text);
      else if (action.kind === "field") field = action.value;
    }
  }
  return { bytes, pasted, field };
}

describe.each([
  ["Gboard, SwiftKey, Samsung", gboard],
  ["iPadOS", ipad],
  ["layouts and input methods", layouts],
])("[U31] traces: %s", (_, traces) => {
  it.each(traces.map((trace) => [trace.name, trace] as const))("%s", (_name, trace) => {
    const played = play(trace);
    expect(played.bytes).toBe(trace.bytes);
    expect(played.pasted).toEqual(trace.pasted ?? []);
  });
});

describe("[U25] the capture field", () => {
  it("is refilled when it is worn out, so that Backspace always has something to delete", () => {
    const model = new CaptureModel();
    let field = FILLER;
    let erased = 0;
    for (let n = 0; n < 200; n++) {
      field = field.slice(0, -1);
      for (const action of model.take({ type: "input", inputType: "deleteContentBackward", value: field })) {
        if (action.kind === "text") erased += action.erase;
        if (action.kind === "field") field = action.value;
      }
      expect(field.length).toBeGreaterThan(0);
    }
    expect(erased).toBe(200);
  });
  it("does not grow with what is typed", () => {
    const model = new CaptureModel();
    let field = FILLER;
    let written = "";
    for (let n = 0; n < 1_000; n++) {
      field += "x";
      for (const action of model.take({ type: "input", inputType: "insertText", value: field })) {
        if (action.kind === "text") written += action.write;
        if (action.kind === "field") field = action.value;
      }
    }
    expect(written).toBe("x".repeat(1_000));
    expect(field.length).toBeLessThan(300);
  });
  it("is never touched during a composition", () => {
    const model = new CaptureModel();
    model.take({ type: "compositionstart" });
    const actions = model.take({ type: "input", inputType: "insertCompositionText", value: `${FILLER}に` });
    expect(actions).toEqual([]);
    expect(model.composing).toBe(true);
  });
  it("[S91] lines that were not typed one by one become a paste, to be reviewed", () => {
    const model = new CaptureModel();
    const actions = model.take({ type: "input", inputType: "insertText", value: `${FILLER}conf t\nhostname x` });
    expect(actions).toContainEqual({ kind: "paste", text: "conf t\nhostname x" });
    expect(actions.some((action) => action.kind === "key")).toBe(false);
  });
});
