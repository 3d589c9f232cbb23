import { useView, useViewSelector } from "#bridge/hooks.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { ageText } from "../format/times.ts";
import { valueText } from "../format/value-text.ts";
import { fittingColumns } from "../panels/columns.ts";
import { ageNow, effectiveStatus, statusLook } from "../panels/panel-status.ts";
import { interfaceStateWord, stateLook } from "../panels/state-words.ts";
import type { Row } from "../panels/table-order.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { Glance } from "./glance.tsx";

/** How much larger than in a table a column is here. */
const LARGER = 3.4;
/** More than fit on any screen at this size. */
const ROWS = 16;
const FIGURES = 8;
const ICON_PX = 56;

type PanelGlanceProps = { device: string; def: PanelDef; onClose: () => void };

/** One panel to be read from afar: its figures, and of tables what is not well first [U5]. */
export default function PanelGlance({ device, def, onClose }: PanelGlanceProps) {
  const reading = useView(`panel:${device}:${def.id}`);
  const connected = useViewSelector(`device:${device}`, (view) => view?.ssh2.phase === "live");
  const now = useNow();
  const look = statusLook(reading === undefined ? "pending" : effectiveStatus(reading, now, connected));
  const data = reading?.data as Readonly<Record<string, unknown>> | undefined;
  return (
    <Glance
      onClose={onClose}
      title={
        <>
          {def.title}
          <span className="rs-glance-mark" data-tone={look.tone}>
            <Icon name={look.icon} size={ICON_PX} />
            {look.word} {reading?.data === undefined ? "" : ageText(ageNow(reading, now))}
          </span>
        </>
      }
    >
      {data === undefined ? <p>Nothing was read yet.</p> : null}
      {data === undefined
        ? null
        : def.sections.map((section) => {
            const part = section.path === undefined ? data : data[section.path];
            if (section.kind === "record")
              return <Figures fields={section.fields} key={section.id} now={now} row={part as Row | undefined} />;
            const rows = Array.isArray(part) ? (part as Row[]) : [];
            return <Lines fields={section.fields} key={section.id} now={now} rows={rows} />;
          })}
    </Glance>
  );
}

type LinesProps = { fields: readonly FieldDef[]; rows: readonly Row[]; now: number };

function Lines({ fields, rows, now }: LinesProps) {
  const shown = fields.filter(({ unit }) => unit !== "trend" && unit !== "rows" && unit !== "list");
  const columns = fittingColumns(shown, rows, innerWidth / LARGER);
  return rows
    .toSorted((a, b) => wellness(a, fields) - wellness(b, fields))
    .slice(0, ROWS)
    .map((row) => (
      <p className="rs-glance-line" key={columns.map(({ field }) => String(row[field])).join("|")}>
        {columns.map((def) => (
          <Value def={def} key={def.field} now={now} row={row} />
        ))}
      </p>
    ));
}

const BADNESS: Partial<Record<ReturnType<typeof stateLook>["tone"], number>> = {
  crit: 0,
  warn: 1,
  unknown: 2,
  stale: 2,
};

/** What is not well comes first: there is room for a few rows only. */
function wellness(row: Row, fields: readonly FieldDef[]): number {
  const words = fields.filter(({ unit }) => unit === "state").map(({ field }) => wordOf(row, field));
  return Math.min(4, ...words.map((word) => (word === undefined ? 4 : (BADNESS[stateLook(word).tone] ?? 3))));
}

function wordOf(row: Row, field: string): string | undefined {
  if (field === "oper") return interfaceStateWord(row);
  const word = row[field];
  return typeof word === "string" ? word : undefined;
}

function Value({ def, row, now }: { def: FieldDef; row: Row; now: number }) {
  if (def.unit === "state") {
    const word = wordOf(row, def.field);
    if (word === undefined) return null;
    const { icon, tone } = stateLook(word);
    return (
      <span className="rs-glance-mark" data-tone={tone}>
        <Icon name={icon} size={ICON_PX} />
        {valueText(word.replaceAll("_", " "), "text", now)?.text}
      </span>
    );
  }
  const value = valueText(row[def.field], def.unit, now)?.text;
  if (value === undefined) return null;
  return (
    <span>
      {def.key === true ? null : <span className="rs-muted">{def.label} </span>}
      <bdi>{value}</bdi>
    </span>
  );
}

function Figures({ fields, row, now }: { fields: readonly FieldDef[]; row: Row | undefined; now: number }) {
  const shown = fields
    .filter(({ unit, prio }) => unit !== "trend" && prio !== 3)
    .flatMap((def) => {
      const text = valueText(row?.[def.field], def.unit, now)?.text;
      return text === undefined ? [] : [{ def, text }];
    });
  return shown.slice(0, FIGURES).map(({ def, text }) => (
    <p className="rs-glance-line" key={def.field}>
      <span className="rs-muted">{def.label}</span> <strong>{text}</strong>
    </p>
  ));
}
