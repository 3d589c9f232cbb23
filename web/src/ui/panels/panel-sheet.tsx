import "../connect/question.css";
import { lazy, Suspense, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { agoText, durationText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { PanelBody } from "./panel-body.tsx";
import { ageNow, effectiveStatus, statusLook, whyText } from "./panel-status.ts";
import { SourceBlock } from "./source-block.tsx";

const PanelGlance = lazy(() => import("../glance/panel-glance.tsx"));

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
          : `, next in ${durationText(Math.max(0, reading.next_due - now) / 1_000)}`}
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
