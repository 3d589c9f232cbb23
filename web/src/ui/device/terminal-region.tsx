import { lazy, Suspense } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { SessionCard } from "./session-card.tsx";

/** xterm and what stands around it come after the first paint (section 20 of the tablet design). */
const TerminalArea = lazy(() => import("./terminal-area.tsx"));

/** Phases in which the screen shows the past: greyed, with a card that says why [U69]. */
const ASLEEP = new Set(["ended", "busy", "taken_over"]);

/** The terminal with whatever has to be said about its session. */
export function TerminalRegion({ device, active }: { device: string; active: boolean }) {
  const asleep = useViewSelector(`device:${device}`, (view) => ASLEEP.has(view?.ssh1.phase ?? ""));
  return (
    <div
      className="rs-terminal-region"
      data-asleep={asleep || undefined}
      data-region-focus
      style={{ flex: 1 }}
      tabIndex={-1}
    >
      <Suspense fallback={<p className="rs-terminal-loading rs-muted">Loading the terminal</p>}>
        <TerminalArea active={active} device={device} />
      </Suspense>
      <SessionCard device={device} />
    </div>
  );
}
