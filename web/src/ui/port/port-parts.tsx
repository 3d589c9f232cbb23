import type { PanelReading } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { ChartButton } from "../charts/chart-button.tsx";
import { chartOf } from "../charts/chart-spec.ts";
import { withSi } from "../format/numbers.ts";
import { durationText } from "../format/times.ts";
import { valueText } from "../format/value-text.ts";
import { panelNote } from "../panels/panel-status.ts";
import { Sparkline } from "../panels/sparkline.tsx";
import { stateLook } from "../panels/state-words.ts";
import type { Row } from "../panels/table-order.ts";
import { type Trend, trendOf } from "../panels/trend.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { PartHead } from "./part-head.tsx";
import { type PortFacts, portWord } from "./port-facts.ts";
import { Values } from "./values.tsx";

type PartProps = { device: string; port: string; facts: PortFacts; connected: boolean };

const CHART_PX = 120;
const num = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** State and how fast it goes, with the last minutes as two lines. */
export function PortSpeed(
  props: PartProps & { readings: { ifstate: PanelReading | undefined; rates: PanelReading | undefined } },
) {
  const { device, facts, connected, readings, port } = props;
  const word = portWord(facts);
  const { icon, tone } = stateLook(word ?? "unknown");
  const row = facts.rates?.row;
  const state = facts.state;
  const speed = num(row?.speed_bps) ?? num(state?.speed_bps);
  const trend = trendOf(row?.trend);
  const duplex = typeof state?.duplex === "string" ? `${state.duplex} duplex` : undefined;
  const line = [speed === undefined ? undefined : withSi(speed, "b/s"), duplex].filter(Boolean).join(", ");
  const source = facts.rates?.reading.panel ?? "traffic";
  const spec =
    row === undefined
      ? undefined
      : chartOf(
          { device, panel: source, fields: fieldsOf(source), row: { speed_bps: speed, ...row }, title: port },
          "in_bps",
        );
  return (
    <section className="rs-port-part">
      <div className="rs-port-state">
        <span className="rs-state rs-port-word" data-tone={tone}>
          <Icon name={icon} size={28} />
          <span>{word === undefined ? "state unknown" : word.replaceAll("_", " ")}</span>
        </span>
        <span>{line === "" ? "speed unknown" : line}</span>
        {typeof state?.desc === "string" ? <bdi className="rs-muted">{escapeDeviceText(state.desc, 120)}</bdi> : null}
        {typeof state?.reason === "string" ? <span>{escapeDeviceText(state.reason, 120)}</span> : null}
      </div>
      <PartHead connected={connected} device={device} panel={source} reading={readings.rates} title="Traffic" />
      <div className="rs-port-rates">
        <Direction label="In" row={row} side="in" />
        <Direction label="Out" row={row} side="out" />
      </div>
      {trend === undefined ? (
        <p className="rs-muted">
          {row?.in_bps === undefined
            ? (panelNote(readings.rates, connected) ?? "A rate needs a second sample.")
            : "The lines begin with the next samples."}
        </p>
      ) : (
        <>
          <ChartButton spec={spec}>
            <Sparkline height={CHART_PX} label="Traffic in and out" trend={trend} />
          </ChartButton>
          <p className="rs-muted">{trendWords(trend)}</p>
        </>
      )}
    </section>
  );
}

const fieldsOf = (panel: PanelReading["panel"]) => panelDef(panel).sections[0]?.fields ?? [];

/** Which line is which, from when on, and the highest of both: a canvas says nothing to who cannot see it [U75]. */
function trendWords({ fields, times, lines }: Trend): string {
  const span = durationText((times.at(-1) ?? 0) - (times[0] ?? 0));
  const highest = fields.map((field, at) => {
    const values = (lines[at] ?? []).filter((value) => value !== null);
    const side = field.startsWith("in_") ? "in, whole line" : "out, dashed";
    return values.length === 0 ? undefined : `${withSi(Math.max(...values), "b/s")} (${side})`;
  });
  return `${span}; highest ${highest.filter(Boolean).join(" and ")}`;
}

function Direction({ label, row, side }: { label: string; row: Row | undefined; side: "in" | "out" }) {
  const now = useNow();
  const bps = valueText(row?.[`${side}_bps`], "bps", now);
  const pps = valueText(row?.[`${side}_pps`], "pps", now);
  const use = valueText(row?.[`${side}_util_pct`], "pct", now);
  const more = [use === undefined ? undefined : `${use.text} used`, pps?.text].filter(Boolean).join(", ");
  return (
    <div>
      <span className="rs-muted">{label}</span>
      <strong title={bps?.exact}>{bps?.text ?? "unknown"}</strong>
      <span className="rs-muted">{more}</span>
    </div>
  );
}

/** Who is at the other end of the cable. */
export function PortNeighbours({
  device,
  facts,
  connected,
  reading,
}: PartProps & { reading: PanelReading | undefined }) {
  const fields = fieldsOf("neighbors");
  const note = panelNote(reading, connected);
  return (
    <section className="rs-port-part">
      <PartHead connected={connected} device={device} panel="neighbors" reading={reading} title="Neighbour" />
      {facts.neighbours.map((row) => (
        <Values fields={fields} key={`${String(row.proto)} ${String(row.chassis_id)}`} row={row} skip={["local_if"]} />
      ))}
      {facts.neighbours.length > 0 ? null : (
        <p className="rs-muted">{reading?.status === "ok" ? "None heard on this port." : (note ?? "Not known.")}</p>
      )}
    </section>
  );
}

/** What the port is part of, and what was set up on it. */
export function PortIdentity(
  props: PartProps & { reading: PanelReading | undefined; bundles: PanelReading | undefined },
) {
  const { device, facts, connected, reading, bundles } = props;
  const member = facts.bundle?.member;
  const bundle = facts.bundle?.row;
  const words = [member?.state, member?.reason].filter((word) => typeof word === "string").join(", ");
  return (
    <>
      {bundle === undefined ? null : (
        <section className="rs-port-part">
          <PartHead connected={connected} device={device} panel="lag" reading={bundles} title="Bundle" />
          <p>
            {member === undefined ? "Is the bundle " : "Member of "}
            <strong>
              <bdi>{escapeDeviceText(String(bundle.lag), 64)}</bdi>
            </strong>
            {words === "" ? "" : `: ${escapeDeviceText(words, 120)}`}
          </p>
        </section>
      )}
      <section className="rs-port-part">
        <PartHead connected={connected} device={device} panel="ifstate" reading={reading} title="Set-up" />
        {facts.state === undefined ? (
          <p className="rs-muted">
            {panelNote(reading, connected) ?? "The list of interfaces does not have this port."}
          </p>
        ) : (
          <Values
            fields={fieldsOf("ifstate")}
            row={facts.state}
            skip={["name", "oper", "speed_bps", "duplex", "desc", "reason"]}
          />
        )}
      </section>
    </>
  );
}
