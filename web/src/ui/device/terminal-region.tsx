import { lazy, Suspense } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { SessionCard } from "./session-card.tsx";

/** xterm and what stands around it come after the first paint (section 20 of the tablet design). */
const TerminalPane = lazy(async () => ({ default: (await import("../terminal/terminal-pane.tsx")).TerminalPane }));

/** Phases in which the screen shows the past: greyed, with a card that says why [U69]. */
const ASLEEP = new Set(["idle", "connecting", "ended", "busy", "taken_over"]);

type TerminalRegionProps = { device: string; active: boolean; keys: boolean; hidden: boolean };

/** The terminal with whatever has to be said about its session. */
export function TerminalRegion({ device, active, keys, hidden }: TerminalRegionProps) {
  const asleep = useViewSelector(`device:${device}`, (view) => ASLEEP.has(view?.ssh1.phase ?? ""));
  return (
    <div className="rs-terminal-region" data-asleep={asleep || undefined} hidden={hidden}>
      <Suspense fallback={<p className="rs-terminal-loading rs-muted">Loading the terminal</p>}>
        <TerminalPane active={active} device={device} keys={keys} />
      </Suspense>
      <SessionCard device={device} />
    </div>
  );
}
