import type { Cpu, DeviceInfo, Memory } from "#telemetry/knowledge/panel-data.ts";
import { panelDef, type RecordSection as RecordDef } from "#telemetry/knowledge/panels.ts";
import { ChartButton } from "../charts/chart-button.tsx";
import { chartOf } from "../charts/chart-spec.ts";
import { SeededSparkline } from "../charts/seeded-sparkline.tsx";
import { withIec } from "../format/numbers.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { Meter } from "./meter.tsx";
import { RecordSection } from "./record-section.tsx";
import { ShortFigures } from "./short-figures.tsx";
import { trendOf } from "./trend.ts";

const say = (text: string | undefined): string => (text === undefined ? "" : escapeDeviceText(text, 120));

/** Who the box is, in one line that can be read from afar, then the rest. */
export function DeviceInfoBody({ data, def, full }: { data: DeviceInfo; def: RecordDef; full: boolean }) {
  const system = [data.os, data.os_version].filter(Boolean).map(say).join(" ");
  return (
    <>
      <p className="rs-identity">
        <strong>
          <bdi>{say(data.hostname) || "Unnamed device"}</bdi>
        </strong>
        <span>
          <bdi>{[data.vendor, data.model].filter(Boolean).map(say).join(" ")}</bdi>
        </span>
        <span className="rs-muted">
          <bdi>{system}</bdi>
        </span>
      </p>
      <RecordSection def={def} full={full} skip={["hostname", "vendor", "model", "os", "os_version"]} values={data} />
    </>
  );
}

type CpuBodyProps = { device: string; data: Cpu; def: RecordDef; full: boolean };

/** Load as one figure with its past; in a card the figures below it are small, and open no charts of their own. */
export function CpuBody({ device, data, def, full }: CpuBodyProps) {
  const trend = trendOf(data.trend);
  const busy = data.busy_pct ?? data.busy_1m_pct;
  const field = data.busy_pct === undefined ? "busy_1m_pct" : "busy_pct";
  const spec = chartOf({ device, panel: "cpu", fields: def.fields, row: data, title: "CPU", record: true }, field);
  // Ticks are a share only from one sample to the next [T20].
  const waits = busy === undefined && data.cores !== undefined;
  return (
    <>
      <div className="rs-load">
        {busy === undefined ? null : (
          <ChartButton spec={spec}>
            <Meter label={data.busy_pct === undefined ? "Busy, 1 min" : "Busy"} pct={busy} />
          </ChartButton>
        )}
        {waits ? <span className="rs-muted">The share of time needs a second sample.</span> : null}
        {spec === undefined ? null : (
          <ChartButton spec={spec}>
            <SeededSparkline
              device={device}
              height={40}
              label="CPU load"
              max={100}
              otherwise={<span className="rs-chart-open">Chart</span>}
              series={spec.lines.map(({ series }) => series)}
              trend={trend}
            />
          </ChartButton>
        )}
      </div>
      <ShortFigures
        def={def}
        place={full ? { device, panel: "cpu", title: "CPU" } : undefined}
        skip={["busy_pct", "trend"]}
        values={data}
      />
    </>
  );
}

/** Pools as bars: how much of each is used. */
export function MemoryBody({ device, data }: { device: string; data: Memory }) {
  const pools = panelDef("memory").sections.find((section) => section.kind === "table");
  const swap = data.swap_total_b;
  return (
    <>
      {(data.pools ?? []).map((pool) => {
        const { used_b: used, total_b: total } = pool;
        const pct = pool.used_pct ?? (used !== undefined && total ? (100 * used) / total : undefined);
        const note = used === undefined || total === undefined ? undefined : `${withIec(used)} of ${withIec(total)}`;
        if (pct === undefined) {
          return (
            <p key={pool.name}>
              <bdi>{say(pool.name)}</bdi> <span className="rs-muted">{note ?? "unknown"}</span>
            </p>
          );
        }
        const source = {
          device,
          panel: "memory",
          fields: pools?.fields ?? [],
          row: pool,
          title: say(pool.name),
        } as const;
        return (
          <ChartButton key={pool.name} spec={pool.used_pct === undefined ? undefined : chartOf(source, "used_pct")}>
            <Meter label={say(pool.name)} note={note} pct={pct} />
          </ChartButton>
        );
      })}
      {swap === undefined || swap === 0 ? null : (
        <Meter
          label="Swap"
          note={`${withIec(data.swap_used_b ?? 0)} of ${withIec(swap)}`}
          pct={(100 * (data.swap_used_b ?? 0)) / swap}
        />
      )}
    </>
  );
}
