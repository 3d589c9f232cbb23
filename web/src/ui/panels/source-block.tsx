import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, Source } from "#bridge/types.ts";
import { withIec } from "../format/numbers.ts";
import { clockText, exactTime, msText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { RawText } from "../text/raw-text.tsx";
import { captureText } from "./capture-text.ts";
import { outcomeWord } from "./outcome-word.ts";

/** One capture: the command, how it went, and its raw text on a tap. */
export function SourceBlock({ device, source }: { device: string; source: Source }) {
  const dispatch = useDispatch();
  const now = useNow();
  const [raw, setRaw] = useState<string>();
  const [error, setError] = useState<ErrorPayload>();
  const load = async (): Promise<void> => {
    const result = await dispatch(commands.capture(device, source.capture));
    if (!result.ok) setError(result.error);
    else setRaw(captureText(result.value));
  };
  return (
    <div className="rs-form">
      <code className="rs-code-line rs-selectable">
        <DeviceText text={source.command} />
      </code>
      <p className="rs-muted">
        <time dateTime={exactTime(source.ts)}>{clockText(source.ts, now)}</time>, {msText(source.ms)},{" "}
        {withIec(source.bytes)}
        {source.parser === ""
          ? ""
          : `, ${source.rows} ${source.rows === 1 ? "row" : "rows"} read by ${source.parser} v${source.parser_version}`}
        {source.unparsed_lines > 0 ? `, ${source.unparsed_lines} lines not understood` : ""}
        {source.complete ? "" : ", incomplete"}
      </p>
      {source.notes.map((note) => (
        <p className="rs-muted" key={note}>
          <DeviceText text={outcomeWord(note) ?? note} />
        </p>
      ))}
      {error === undefined ? null : <ErrorNote error={error} />}
      {raw === undefined ? (
        <div className="rs-btn-row">
          <Button icon="raw" onClick={() => void load()}>
            Raw text
          </Button>
        </div>
      ) : (
        <RawText text={raw} />
      )}
    </div>
  );
}
