import { lazy, memo, Suspense, useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { ageText } from "../format/times.ts";
import { Chip } from "../primitives/chip.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { PanelBody } from "./panel-body.tsx";
import { ageNow, effectiveStatus, panelNote, statusLook } from "./panel-status.ts";
import { HeadTools } from "./table-tools.tsx";

const PanelSheet = lazy(() => import("./panel-sheet.tsx"));

/** Cards that stand side by side where there is room; every other panel takes the whole width. */
const spanOf = (id: PanelDef["id"]): "one" | "lead" | "all" =>
  id === "device_info" ? "lead" : id === "cpu" || id === "memory" ? "one" : "all";
const FLUSH = new Set<PanelDef["kind"]>(["table"]);
/** Mixed panels whose main part is a table reach the edges, too. */
const FLUSH_IDS = new Set<PanelDef["id"]>(["bgp", "routing_table", "arp", "mac"]);

/** Rows of the panel, where rows are what it counts: BGP counts peers in its totals, and has a row for each family. */
const headCount = (data: { row_count?: number } | object | undefined): number | undefined =>
  data !== undefined && "row_count" in data && !("totals" in data) ? data.row_count : undefined;

type PanelCardProps = { device: string; def: PanelDef; connected: boolean };

/** One panel: what it shows, how it is, how old it is; all else is one tap away [T6]. */
export const PanelCard = memo(function PanelCard({ device, def, connected }: PanelCardProps) {
  const reading = useView(`panel:${device}:${def.id}`);
  const [open, setOpen] = useState(false);
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const now = useNow();
  const status = reading === undefined ? "pending" : effectiveStatus(reading, now, connected);
  const look = statusLook(status);
  const note = panelNote(reading, connected);
  const hasData = reading?.data !== undefined;
  const count = headCount(reading?.data);
  return (
    <article
      aria-label={def.title}
      className="rs-panel"
      data-panel={def.id}
      data-status={status}
      data-span={spanOf(def.id)}
    >
      <header className="rs-panel-head">
        <h3>
          {def.title}
          {count === undefined ? null : <span className="rs-muted"> {groupDigits(String(count))}</span>}
        </h3>
        <span className="rs-panel-tools" ref={setTools} />
        <button aria-haspopup="dialog" className="rs-panel-status" onClick={() => setOpen(true)} type="button">
          <Chip icon={look.icon} plain tone={look.tone}>
            {look.word}
          </Chip>
          {hasData && reading !== undefined ? <span className="rs-age">{ageText(ageNow(reading, now))}</span> : null}
          <span className="rs-visually-hidden">Source and raw text of {def.title}</span>
          <Icon name="more" />
        </button>
      </header>
      {reading === undefined || !hasData ? null : (
        <div
          className="rs-panel-body"
          data-flush={FLUSH.has(def.kind) || FLUSH_IDS.has(def.id) || undefined}
          data-old={status === "stale" || status === "error" || undefined}
        >
          <HeadTools.Provider value={tools}>
            <PanelBody def={def} device={device} reading={reading} />
          </HeadTools.Provider>
        </div>
      )}
      {note === undefined ? null : (
        <p className="rs-panel-note">
          <Icon name={look.icon} size={18} />
          <span>{note}</span>
        </p>
      )}
      <Suspense fallback={null}>
        {open ? <PanelSheet connected={connected} def={def} device={device} onClose={() => setOpen(false)} /> : null}
      </Suspense>
    </article>
  );
});
