import "./chart-button.css";
import type { ReactNode } from "react";
import { showChart } from "./chart-request.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** A small chart or figure that opens its chart; without one it is only what it shows. */
export function ChartButton({ spec, children }: { spec: ChartSpec | undefined; children: ReactNode }) {
  if (spec === undefined) return children;
  const what = spec.lines.map(({ label }) => label).join(" and ");
  return (
    <button
      aria-haspopup="dialog"
      className="rs-chart-button"
      onClick={(event) => {
        // A row that it stands in has a sheet of its own.
        event.stopPropagation();
        showChart(spec);
      }}
      onKeyDown={(event) => event.stopPropagation()}
      type="button"
    >
      <span className="rs-visually-hidden">{`Chart of ${what}, ${spec.title}: `}</span>
      {children}
    </button>
  );
}
