import "./workspace.css";
import { type CSSProperties, useEffect } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { keepAwake } from "#pwa/wake-lock.ts";
import { EventStrip } from "../changes/event-strip.tsx";
import { EventsPage } from "../changes/events-page.tsx";
import { PhoneAlert } from "../changes/phone-alert.tsx";
import { Questions } from "../connect/questions.tsx";
import { type Region, showRegion } from "../layout/navigation.ts";
import { setPreferences, usePreferences } from "../layout/preferences.ts";
import { clampSplit, type SplitClass } from "../layout/split-ratio.ts";
import { useLayoutClass } from "../layout/surface.ts";
import { PanelsRegion } from "../panels/panels-region.tsx";
import { Icon, type IconName } from "../primitives/icon.tsx";
import { LockCover, useLock } from "../vault/lock-cover.tsx";
import { DeviceSheets } from "./device-sheets.tsx";
import { Splitter } from "./splitter.tsx";
import { TerminalRegion } from "./terminal-region.tsx";

const REGIONS: readonly (readonly [Region, IconName, string])[] = [
  ["terminal", "terminal", "Terminal"],
  ["panels", "panels", "Panels"],
  ["events", "events", "Events"],
];

/** A device's terminal and panels, arranged by the class of the screen; one tree for every class [U1]. */
export function Workspace({ device, region }: { device: string; region: Region }) {
  const layout = useLayoutClass();
  const { split, wakeLock, hadSession } = usePreferences();
  const live = useViewSelector(`device:${device}`, (view) => view?.ssh1.phase === "live");
  useEffect(() => {
    keepAwake(wakeLock && live);
    return () => keepAwake(false);
  }, [wakeLock, live]);
  useEffect(() => {
    if (live && !hadSession) setPreferences({ hadSession: true });
  }, [live, hadSession]);

  const lock = useLock();
  const of: SplitClass = layout === "phone" ? "portrait" : layout;
  const ratio = clampSplit(of, split[of] ?? Number.NaN);
  const shows = (name: Region): boolean => layout !== "phone" || region === name;
  if (lock.locked && !lock.panels) {
    // Nothing of the device is on the page; its terminal lives on outside, and sessions with it [S70].
    return (
      <div className="rs-workspace-locked" data-testid="workspace">
        <LockCover />
      </div>
    );
  }
  return (
    <div
      className="rs-workspace"
      data-class={layout}
      data-testid="workspace"
      style={{ "--split": ratio } as CSSProperties}
    >
      {lock.locked ? (
        <div className="rs-terminal-region" hidden={!shows("terminal")}>
          <LockCover />
        </div>
      ) : (
        <TerminalRegion
          active={shows("terminal")}
          device={device}
          hidden={!shows("terminal")}
          keys={layout !== "desktop"}
        />
      )}
      {layout === "phone" ? null : (
        <Splitter
          of={of}
          onChange={(percent) => setPreferences({ split: { ...split, [of]: percent } })}
          percent={ratio}
        />
      )}
      <section
        aria-label="Telemetry panels"
        className="rs-panels-region"
        data-region-focus
        hidden={!shows("panels")}
        tabIndex={-1}
      >
        <PanelsRegion device={device} shown={shows("panels")} />
      </section>
      <section
        aria-label="Events"
        className="rs-events-region"
        data-region-focus
        hidden={!shows("events")}
        tabIndex={-1}
      >
        {layout === "phone" ? <EventsPage device={device} shown={shows("events")} /> : <EventStrip device={device} />}
      </section>
      {layout === "phone" ? (
        <nav aria-label="Regions" className="rs-switcher">
          {REGIONS.map(([name, icon, word]) => (
            <button
              aria-current={region === name ? "true" : undefined}
              key={name}
              onClick={() => showRegion(name)}
              type="button"
            >
              <Icon name={icon} />
              {word}
              {name === "events" ? <PhoneAlert device={device} /> : null}
            </button>
          ))}
        </nav>
      ) : null}
      <DeviceSheets device={device} />
      {lock.locked ? null : <Questions device={device} />}
    </div>
  );
}
