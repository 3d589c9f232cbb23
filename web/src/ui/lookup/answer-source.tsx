import { useState } from "react";
import type { LookupAnswer } from "#bridge/types.ts";
import { SourceBlock } from "../panels/source-block.tsx";
import { Icon } from "../primitives/icon.tsx";

/** The command behind an answer, with its time, its parser and its raw text, on a tap [T6]. */
export function AnswerSource({ device, answer }: { device: string; answer: LookupAnswer }) {
  const [open, setOpen] = useState(false);
  const { source } = answer;
  if (source === undefined) return null;
  return (
    <details className="rs-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="right" />
        Source and raw text
      </summary>
      {open ? <SourceBlock device={device} source={source} /> : null}
    </details>
  );
}
