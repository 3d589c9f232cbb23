import { useEffect, useState } from "react";
import { Button } from "../primitives/button.tsx";

/** How long the button says that it worked. */
const SAID_MS = 2_000;

/** Copies inside the tap, as iOS demands; says when the browser refused, since the text can still be selected [U39]. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [outcome, setOutcome] = useState<"none" | "copied" | "refused">("none");
  useEffect(() => {
    if (outcome === "none") return undefined;
    const timer = setTimeout(() => setOutcome("none"), SAID_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  };
  const words = { none: label, copied: "Copied", refused: "Refused: select the text" }[outcome];
  return (
    <Button icon={outcome === "copied" ? "check" : "copy"} onClick={copy}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}
