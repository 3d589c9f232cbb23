import "../connect/question.css";
import { lazy, Suspense, useState } from "react";
import { useView, useViewSelector } from "#bridge/hooks.ts";
import type { ChangeEvent } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { clockText, exactTime } from "../format/times.ts";
import { rowOfKey } from "../panels/row-key.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { CaptureBlock } from "./capture-block.tsx";
import { ChangeWords } from "./change-list.tsx";
import { severityLook, whenText } from "./change-words.ts";
import { LookChip } from "./look-chip.tsx";

const PanelSheet = lazy(() => import("../panels/panel-sheet.tsx"));
const RowSheet = lazy(() => import("../panels/row-sheet.tsx"));

type ChangeSheetProps = { device: string; event: ChangeEvent; onClose: () => void };

/** One change: when, between which readings, from which raw text, and the way to what it is about. */
export default function ChangeSheet({ device, event, onClose }: ChangeSheetProps) {
  const now = useNow();
  const reading = useView(`panel:${device}:${event.panel}`);
  const connected = useViewSelector(`device:${device}`, (view) => view?.ssh2.phase === "live");
  const [open, setOpen] = useState<"panel" | "row">();
  const def = panelDef(event.panel);
  const found = rowOfKey(def, reading?.data, event.key);
  return (
    <Sheet
      footer={
        <>
          {found === undefined ? null : (
            <Button icon="right" onClick={() => setOpen("row")}>
              <DeviceText max={40} text={event.label} />
            </Button>
          )}
          <Button icon="panels" onClick={() => setOpen("panel")}>
            {def.title}
          </Button>
        </>
      }
      onClose={onClose}
      title="Change"
      width="640px"
    >
      <p>
        <LookChip look={severityLook(event.severity)} />
      </p>
      <p className="rs-change-title">
        <strong>
          <DeviceText text={event.label} />
        </strong>{" "}
        <ChangeWords event={event} />
      </p>
      <dl className="rs-facts rs-selectable">
        <dt>When</dt>
        <dd>
          {whenText(event, now)}
          {event.across_gap === true ? (
            <div className="rs-muted">Telemetry did not run in between, so the moment is not known.</div>
          ) : null}
        </dd>
        <dt>Last without it</dt>
        <dd>
          <time dateTime={exactTime(event.not_before)} title={exactTime(event.not_before)}>
            {clockText(event.not_before, now)}
          </time>
        </dd>
        <dt>First with it</dt>
        <dd>
          <time dateTime={exactTime(event.at)} title={exactTime(event.at)}>
            {clockText(event.at, now)}
          </time>
        </dd>
        <dt>Panel</dt>
        <dd>{def.title}</dd>
      </dl>
      <h3>Raw text</h3>
      {event.captures.length === 0 ? (
        <p className="rs-muted">No command is named with this change.</p>
      ) : (
        event.captures.map((capture) => <CaptureBlock capture={capture} device={device} key={capture} />)
      )}
      <Suspense fallback={null}>
        {open === "panel" ? (
          <PanelSheet connected={connected} def={def} device={device} onClose={() => setOpen(undefined)} />
        ) : null}
        {open === "row" && found !== undefined ? (
          <RowSheet
            device={device}
            fields={found.fields}
            onClose={() => setOpen(undefined)}
            panel={event.panel}
            row={found.row}
          />
        ) : null}
      </Suspense>
    </Sheet>
  );
}
