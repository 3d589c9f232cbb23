import { lazy, Suspense, useState } from "react";
import type { PanelReading } from "#bridge/types.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { Icon } from "../primitives/icon.tsx";
import { notOfferedLine } from "./panel-layout.ts";
import { panelNote } from "./panel-status.ts";

const PanelSheet = lazy(() => import("./panel-sheet.tsx"));

export type Refused = { def: PanelDef; reading: PanelReading };

type NotOfferedProps = {
  device: string;
  refused: readonly Refused[];
  platform: string | undefined;
  connected: boolean;
};

/** Panels that this login or platform cannot serve, in one line with their reasons behind it, so that they take no room [T76]. */
export function NotOffered({ device, refused, platform, connected }: NotOfferedProps) {
  const [open, setOpen] = useState<PanelDef>();
  if (refused.length === 0) return null;
  const reasons = new Map<string, Refused[]>();
  for (const one of refused) {
    const why = panelNote(one.reading, true) ?? "";
    reasons.set(why, [...(reasons.get(why) ?? []), one]);
  }
  const titles = refused.map(({ def }) => def.title);
  return (
    <details className="rs-details rs-not-offered" data-span="all" data-testid="not-offered">
      <summary>
        <Icon name="right" />
        <span className="rs-not-offered-line">{notOfferedLine(titles, platform)}</span>
      </summary>
      <ul>
        {[...reasons].map(([why, ones]) => (
          <li key={why}>
            <div>
              {ones.map(({ def }) => (
                <button aria-haspopup="dialog" key={def.id} onClick={() => setOpen(def)} type="button">
                  {def.title}
                </button>
              ))}
            </div>
            <p className="rs-muted">{why}</p>
          </li>
        ))}
      </ul>
      <Suspense fallback={null}>
        {open === undefined ? null : (
          <PanelSheet connected={connected} def={open} device={device} onClose={() => setOpen(undefined)} />
        )}
      </Suspense>
    </details>
  );
}
