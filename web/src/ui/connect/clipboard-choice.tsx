import { useState } from "react";
import { clipboardAsks, setClipboardAsks } from "#terminal/clipboard-setting.ts";
import { Segments } from "../primitives/field.tsx";

/** Whether programs of the device may ask to write to the clipboard of this tablet; reading is never possible [S85]. */
export function ClipboardChoice({ device }: { device: string }) {
  const [choice, setChoice] = useState<"ignore" | "ask">(clipboardAsks(device) ? "ask" : "ignore");
  const [kept, setKept] = useState(true);
  return (
    <Segments
      choices={[
        { value: "ignore", label: "Ignore" },
        { value: "ask", label: "Ask" },
      ]}
      hint={
        kept
          ? "When its programs want to write to the clipboard (OSC 52); on this tablet, at once"
          : "This browser keeps no settings: it stays at Ignore"
      }
      label="Clipboard"
      onChange={(wanted) => {
        const stored = setClipboardAsks(device, wanted === "ask");
        setKept(stored);
        setChoice(stored ? wanted : "ignore");
      }}
      value={choice}
    />
  );
}
