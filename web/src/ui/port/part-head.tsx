import { lazy, Suspense, useState } from "react";
import type { PanelId, PanelReading } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { ageText } from "../format/times.ts";
import { ageNow, effectiveStatus, statusLook } from "../panels/panel-status.ts";
import { Chip } from "../primitives/chip.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";

const PanelSheet = lazy(() => import("../panels/panel-sheet.tsx"));

type PartHeadProps = {
  device: string;
  title: string;
  panel: PanelId;
  reading: PanelReading | undefined;
  connected: boolean;
};

/** Head of a part of the card: how old its values are, and the way to the command and the raw text behind them [T6]. */
export function PartHead({ device, title, panel, reading, connected }: PartHeadProps) {
  const [open, setOpen] = useState(false);
  const now = useNow();
  const look = statusLook(reading === undefined ? "pending" : effectiveStatus(reading, now, connected));
  return (
    <div className="rs-port-head">
      <h3>{title}</h3>
      <button aria-haspopup="dialog" className="rs-panel-status" onClick={() => setOpen(true)} type="button">
        <Chip icon={look.icon} plain tone={look.tone}>
          {look.word}
        </Chip>
        {reading?.data === undefined ? null : <span className="rs-age">{ageText(ageNow(reading, now))}</span>}
        <span className="rs-visually-hidden">Source and raw text of {title}</span>
        <Icon name="more" />
      </button>
      <Suspense fallback={null}>
        {open ? (
          <PanelSheet connected={connected} def={panelDef(panel)} device={device} onClose={() => setOpen(false)} />
        ) : null}
      </Suspense>
    </div>
  );
}
