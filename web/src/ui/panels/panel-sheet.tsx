import "../connect/question.css";
import { lazy, Suspense, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload, Source } from "#bridge/types.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { withIec } from "../format/numbers.ts";
import { agoText, clockText, exactTime, msText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { CopyButton } from "../text/copy-button.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { captureText } from "./capture-text.ts";
import { PanelBody } from "./panel-body.tsx";
import { ageNow, effectiveStatus, statusLook, whyText } from "./panel-status.ts";

const PanelGlance = lazy(() => import("../glance/panel-glance.tsx"));

/** Longest raw text drawn at once; the copy button has all of it. */
const SHOWN_CHARS = 200_000;

type PanelSheetProps = { device: string; def: PanelDef; connected: boolean; onClose: () => void };

/** Where a panel's values come from: age, commands, parser, raw text; and what can be done with it [T6]. */
export default function PanelSheet({ device, def, connected, onClose }: PanelSheetProps) {
  const reading = useView(`panel:${device}:${def.id}`);
  const dispatch = useDispatch();
  const now = useNow();
  const [whole, setWhole] = useState(false);
  const [glance, setGlance] = useState(false);
  const status = reading === undefined ? "pending" : effectiveStatus(reading, now, connected);
  const look = statusLook(status);
  const why = whyText(reading, connected);
  const offline = connected ? undefined : "Telemetry is not running";
  const hide = (): void => {
    void dispatch(commands.setPanelVisibility(def.id, false));
    onClose();
  };
  return (
    <Sheet
      footer={
        <>
          <Button icon="hide" onClick={hide} variant="ghost">
            Hide panel
          </Button>
          <Button icon="maximise" onClick={() => setGlance(true)}>
            Glance
          </Button>
          <Button
            disabledReason={offline}
            icon="refresh"
            onClick={() => void dispatch(commands.monitor(device, { refresh: def.id }))}
            variant="primary"
          >
            Refresh now
          </Button>
        </>
      }
      onClose={onClose}
      title={def.title}
      width={whole ? "1100px" : "640px"}
    >
      <p>
        <Chip icon={look.icon} tone={look.tone}>
          {look.word}
        </Chip>{" "}
        {reading === undefined ? "" : `as of ${agoText(ageNow(reading, now))}`}
        {reading?.next_due === undefined || !connected
          ? ""
          : `, next in ${msText(Math.max(0, reading.next_due - now))}`}
      </p>
      {why === undefined ? null : (
        <p>
          {why} {reading?.hint}
        </p>
      )}
      {reading?.data === undefined ? null : (
        <details className="rs-details" onToggle={(event) => setWhole(event.currentTarget.open)}>
          <summary>
            <Icon name="right" />
            The whole panel
          </summary>
          {whole ? (
            <div className="rs-panel rs-panel-body" data-flush={def.kind === "table" || undefined}>
              <PanelBody def={def} device={device} maxRows={16} reading={reading} />
            </div>
          ) : null}
        </details>
      )}
      <h3>{(reading?.sources.length ?? 0) === 1 ? "Source" : "Sources"}</h3>
      {reading === undefined || reading.sources.length === 0 ? (
        <p className="rs-muted">No command has answered yet.</p>
      ) : (
        reading.sources.map((source) => <SourceBlock device={device} key={source.capture} source={source} />)
      )}
      <Suspense fallback={null}>
        {glance ? <PanelGlance def={def} device={device} onClose={() => setGlance(false)} /> : null}
      </Suspense>
    </Sheet>
  );
}

/** One capture: the command, how it went, and its raw text on a tap. */
function SourceBlock({ device, source }: { device: string; source: Source }) {
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
        {withIec(source.bytes)}, {source.rows} rows by {source.parser} {source.parser_version}
        {source.unparsed_lines > 0 ? `, ${source.unparsed_lines} lines not understood` : ""}
        {source.complete ? "" : ", incomplete"}
      </p>
      {source.notes.map((note) => (
        <p className="rs-muted" key={note}>
          <DeviceText text={note} />
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
        <>
          <pre className="rs-raw-text rs-scroll rs-selectable" data-testid="raw-text">
            <bdi>{escapeDeviceText(raw, SHOWN_CHARS, true)}</bdi>
          </pre>
          <div className="rs-btn-row">
            <CopyButton label="Copy raw text" text={raw} />
          </div>
        </>
      )}
    </div>
  );
}
