import type { CSSProperties } from "react";
import { valueText } from "../format/value-text.ts";
import type { Row } from "../panels/table-order.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { type Limits, limitScale } from "./limit-scale.ts";

const MEASURED = [
  ["rx", "rx_dbm", "Light received", "dbm"],
  ["tx", "tx_dbm", "Light sent", "dbm"],
  ["temp", "temp_c", "Temperature", "celsius"],
  ["volt", "volt_v", "Voltage", "volt"],
  ["bias", "bias_ma", "Laser current", "milliampere"],
] as const;
type Unit = (typeof MEASURED)[number][3];
const LIMIT_WORDS = { hi_alarm: "high alarm", hi_warn: "high warning", lo_warn: "low warning", lo_alarm: "low alarm" };

/** One lane of a module: each value on the scale of the device's own limits, or as a figure where it states none [T89]. */
export function OpticLane({ row }: { row: Row }) {
  const module = ["type", "vendor", "part", "serial"].flatMap((name) =>
    typeof row[name] === "string" ? [escapeDeviceText(row[name], 60)] : [],
  );
  return (
    <div className="rs-optic">
      {typeof row.lane === "string" && row.lane !== "" && row.lane !== "1" ? (
        <h4>Lane {escapeDeviceText(row.lane, 12)}</h4>
      ) : null}
      {module.length === 0 ? null : (
        <p className="rs-muted">
          <bdi>{module.join(", ")}</bdi>
        </p>
      )}
      {MEASURED.map(([name, field, label, unit]) => {
        const value = row[field];
        return typeof value === "number" ? (
          <Measured
            key={field}
            label={label}
            limits={row[`${name}_limits`] as Limits | undefined}
            unit={unit}
            value={value}
          />
        ) : null;
      })}
    </div>
  );
}

type MeasuredProps = { label: string; unit: Unit; value: number; limits: Limits | undefined };

function Measured({ label, unit, value, limits }: MeasuredProps) {
  const now = useNow();
  const scale = limitScale(value, limits);
  const text = (of: number): string => valueText(of, unit, now)?.text ?? "";
  if (scale === undefined) {
    return (
      <p className="rs-limit">
        <span>{label}</span> <strong>{text(value)}</strong>{" "}
        <span className="rs-muted">the device states no limits</span>
      </p>
    );
  }
  return (
    <div className="rs-limit" data-tone={scale.tone}>
      <p>
        <span>{label}</span> <strong>{text(value)}</strong>
        <span className="rs-limit-word">
          <Icon name={scale.icon} size={16} /> {scale.word}
        </span>
      </p>
      <div aria-hidden="true" className="rs-limit-scale">
        {scale.marks.map(({ limit, at }) => (
          <span data-limit={limit} key={limit} style={{ "--at": `${at}%` } as CSSProperties} />
        ))}
        <b style={{ "--at": `${scale.at}%` } as CSSProperties} />
      </div>
      <p className="rs-muted">
        {scale.marks.map((mark) => `${LIMIT_WORDS[mark.limit]} ${text(mark.value)}`).join(" · ")}
      </p>
    </div>
  );
}
