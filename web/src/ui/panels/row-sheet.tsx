import type { PanelId } from "#bridge/types.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { ChartButton } from "../charts/chart-button.tsx";
import { type ChartSpec, chartOf } from "../charts/chart-spec.ts";
import { valueText } from "../format/value-text.ts";
import { showPort } from "../port/port-request.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { CopyButton } from "../text/copy-button.tsx";
import { PINNED_PORTS_MAX } from "./panel-layout.ts";
import { SeriesLine } from "./series-line.tsx";
import { Sparkline } from "./sparkline.tsx";
import { StateMark } from "./state-mark.tsx";
import type { Row } from "./table-order.ts";
import { trendOf } from "./trend.ts";
import { usePin } from "./use-pin.ts";

/** Panels whose rows are ports that can be pinned. */
const PORT_PANELS: readonly PanelId[] = ["ifstate", "ifcounters", "traffic"];

type RowSheetProps = { device: string; panel: PanelId; fields: readonly FieldDef[]; row: Row; onClose: () => void };

/** Every value of a row, exact and ready to copy. */
export default function RowSheet({ device, panel, fields, row, onClose }: RowSheetProps) {
  const now = useNow();
  const values = fields.flatMap((def) => {
    const shown = valueText(row[def.field], def.unit, now);
    return def.unit === "trend" || shown === undefined ? [] : [{ def, shown }];
  });
  const trend = trendOf(row.trend);
  const title = values.find(({ def }) => def.key)?.shown.text ?? "Row";
  const chart = (field: string): ChartSpec | undefined => chartOf({ device, panel, fields, row, title }, field);
  return (
    <Sheet
      footer={
        <CopyButton label="Copy all" text={values.map(({ def, shown }) => `${def.label}: ${shown.exact}`).join("\n")} />
      }
      onClose={onClose}
      title={title}
    >
      {PORT_PANELS.includes(panel) && typeof row.name === "string" ? <PinPort device={device} port={row.name} /> : null}
      {trend === undefined ? null : (
        <ChartButton spec={chart("trend")}>
          <Sparkline height={72} label="Trend" trend={trend} />
        </ChartButton>
      )}
      <dl className="rs-facts rs-selectable">
        {values.map(({ def, shown }) => (
          <div key={def.field} style={{ display: "contents" }}>
            <dt>{def.label}</dt>
            <dd>
              {def.unit === "state" ? <StateMark word={String(row[def.field])} /> : <bdi>{shown.text}</bdi>}
              {shown.exact === shown.text ? null : (
                <div className="rs-muted">
                  <code>{shown.exact}</code>
                </div>
              )}
              <RawWord field={def.field} row={row} />
              <ValueChart def={def} spec={chart(def.field)} />
            </dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}

/** The past of a measured value, small, and the way to its chart. */
function ValueChart({ def, spec }: { def: FieldDef; spec: ChartSpec | undefined }) {
  const line = spec?.lines.find(({ series }) => series.endsWith(`/${def.field}`));
  if (spec === undefined || line === undefined) return null;
  return (
    <ChartButton spec={spec}>
      <span className="rs-chart-open">
        <Icon name="activity" size={18} />
        Chart
      </span>
      <SeriesLine device={spec.device} label={def.label} panel={spec.panel} series={line.series} />
    </ChartButton>
  );
}

/** The device's own word, where it differs from the vocabulary's. */
function RawWord({ row, field }: { row: Row; field: string }) {
  const raw = row[`${field}_raw`];
  if (typeof raw !== "string" || raw === row[field]) return null;
  return <div className="rs-muted">device says “{valueText(raw, "text", 0)?.text}”</div>;
}

/** A port has a card of its own; a pinned one is asked for every few seconds and has a panel, too. */
function PinPort({ device, port }: { device: string; port: string }) {
  const { on, full, toggle } = usePin(device, port);
  return (
    <div className="rs-btn-row">
      <Button icon="speed" onClick={() => showPort(device, port)} variant="primary">
        Port card
      </Button>
      <Button
        disabledReason={full ? `At most ${PINNED_PORTS_MAX} ports can be pinned` : undefined}
        icon={on ? "minus" : "add"}
        onClick={toggle}
        pressed={on}
      >
        {on ? "Unpin port" : "Pin port"}
      </Button>
    </div>
  );
}
