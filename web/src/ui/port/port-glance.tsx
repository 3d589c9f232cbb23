import { useView } from "#bridge/hooks.ts";
import { withSi } from "../format/numbers.ts";
import { ageText } from "../format/times.ts";
import { valueText } from "../format/value-text.ts";
import { Glance } from "../glance/glance.tsx";
import { ageNow, effectiveStatus, statusLook } from "../panels/panel-status.ts";
import { Sparkline } from "../panels/sparkline.tsx";
import { stateLook } from "../panels/state-words.ts";
import { trendOf } from "../panels/trend.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { portFacts, portWord } from "./port-facts.ts";

const ICON_PX = 56;
const CHART_PX = 200;

type PortGlanceProps = { device: string; port: string; connected: boolean; onClose: () => void };

/** One port on the whole screen, to be read at two metres [U5] [T88]. */
export default function PortGlance({ device, port, connected, onClose }: PortGlanceProps) {
  const [ifstate, ifcounters, traffic] = [
    useView(`panel:${device}:ifstate`),
    useView(`panel:${device}:ifcounters`),
    useView(`panel:${device}:traffic`),
  ];
  const zero = useView(`port:${device}`);
  const now = useNow();
  const facts = portFacts(port, { ifstate, ifcounters, traffic });
  const { state, rates } = facts;
  const word = portWord(facts);
  const { icon, tone } = stateLook(word ?? "unknown");
  const row = rates?.row;
  const trend = trendOf(row?.trend);
  const say = (field: string, unit: "bps" | "per_s" | "pct"): string | undefined =>
    valueText(row?.[field], unit, now)?.text;
  const speed = typeof state?.speed_bps === "number" ? withSi(state.speed_bps, "b/s") : undefined;
  const set = [speed, typeof state?.duplex === "string" ? `${state.duplex} duplex` : undefined]
    .filter(Boolean)
    .join(", ");
  const short = typeof state?.short === "string" ? state.short : port;
  const age = rates === undefined ? undefined : statusLook(effectiveStatus(rates.reading, now, connected));
  const counted = zero?.interface === port && zero.zero_lost === undefined ? zero.since_zero : undefined;
  const errors = valueText(counted?.in_err ?? facts.counters.in_err, "counter", now)?.text;
  return (
    <Glance
      onClose={onClose}
      title={
        <>
          {escapeDeviceText(short, 32)}
          <span className="rs-glance-mark" data-tone={tone}>
            <Icon name={icon} size={ICON_PX} />
            {word === undefined ? "state unknown" : word.replaceAll("_", " ")}
          </span>
        </>
      }
    >
      {set === "" ? null : <p className="rs-glance-line">{set}</p>}
      <p className="rs-glance-line">
        <span className="rs-muted">In</span> <strong>{say("in_bps", "bps") ?? "unknown"}</strong>{" "}
        <span>{say("in_util_pct", "pct")}</span>
        <span className="rs-muted">Out</span> <strong>{say("out_bps", "bps") ?? "unknown"}</strong>{" "}
        <span>{say("out_util_pct", "pct")}</span>
      </p>
      {trend === undefined ? null : (
        <div className="rs-port-glance-chart">
          <Sparkline height={CHART_PX} label="Traffic in and out" trend={trend} />
        </div>
      )}
      <p className="rs-glance-line">
        <span className="rs-muted">Errors</span>
        <span>
          <strong>{say("err_per_s", "per_s") ?? "unknown"}</strong>
        </span>
        {errors === undefined ? null : (
          <span>
            {errors} <span className="rs-muted">in, {counted === undefined ? "device's own" : "since zero"}</span>
          </span>
        )}
      </p>
      {age === undefined || rates === undefined ? null : (
        <p className="rs-glance-line">
          <span className="rs-glance-mark" data-tone={age.tone}>
            <Icon name={age.icon} size={ICON_PX} />
            {age.word} {ageText(ageNow(rates.reading, now))}
          </span>
        </p>
      )}
    </Glance>
  );
}
