import type { CSSProperties, ReactNode } from "react";

/** From where a share of use is worth a look, and worth worry. */
const WARN_PCT = 80;
const CRIT_PCT = 92;

type Level = "ok" | "warn" | "crit";
export const meterLevel = (pct: number): Level => (pct >= CRIT_PCT ? "crit" : pct >= WARN_PCT ? "warn" : "ok");

/** A share as figure and bar; high values get another fill and a word, not only another colour [U75]. */
export function Meter({ label, pct, note }: { label: string; pct: number; note?: ReactNode }) {
  const level = meterLevel(pct);
  return (
    <div className="rs-gauge">
      <span>
        {label}
        {level === "ok" ? null : <strong> · {level === "crit" ? "very high" : "high"}</strong>}
      </span>
      <span className="rs-gauge-value">{pct < 9.95 ? pct.toFixed(1) : pct.toFixed(0)} %</span>
      <span
        aria-hidden="true"
        className="rs-meter"
        data-level={level}
        style={{ "--value": Math.min(100, Math.max(0, pct)) } as CSSProperties}
      >
        <span />
      </span>
      {note === undefined ? null : <span className="rs-gauge-note">{note}</span>}
    </div>
  );
}
