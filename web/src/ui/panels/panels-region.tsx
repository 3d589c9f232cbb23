import "./panels.css";
import { lazy, Suspense, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView, useViewSelector } from "#bridge/hooks.ts";
import type { SessionPhase, TelemetryView } from "#bridge/types.ts";
import { useViews } from "#bridge/use-views.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";
import { connectSteps } from "../connect/connect-steps.ts";
import { durationText } from "../format/times.ts";
import { showLookup } from "../lookup/lookup-request.ts";
import { useShownPort } from "../port/port-request.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Chip } from "../primitives/chip.tsx";
import { ErrorBoundary } from "../primitives/error-boundary.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { ConsentCard } from "./consent-card.tsx";
import { NotOffered } from "./not-offered.tsx";
import { PanelCard } from "./panel-card.tsx";
import { isNotOffered, pinnedPorts, wantedPanels } from "./panel-layout.ts";
import { telemetryState } from "./telemetry-state.ts";
import { useMonitoring } from "./use-monitoring.ts";

const SnapshotsSheet = lazy(() => import("../snapshots/snapshots-sheet.tsx"));
const TelemetrySheet = lazy(() => import("./telemetry-sheet.tsx"));

/** Panels of a device: what telemetry does, what it needs, and the panels that the user wants to see. */
export function PanelsRegion({ device, shown }: { device: string; shown: boolean }) {
  const view = useView(`device:${device}`);
  const ui = useView("ui_state");
  const link = useView("link");
  const dispatch = useDispatch();
  const [managing, setManaging] = useState(false);
  const [comparing, setComparing] = useState(false);
  const pinned = pinnedPorts(ui, device);
  const platform = view?.ssh2.platform?.id;
  const wanted = wantedPanels(ui, platform, pinned);
  const readings = useViews(wanted.map((def) => `panel:${device}:${def.id}` as const));
  const refused = wanted.flatMap((def, index) => {
    const reading = readings[index];
    return isNotOffered(reading) ? [{ def, reading }] : [];
  });
  const offered = wanted.filter((def) => !refused.some((one) => one.def === def));
  useMonitoring(
    device,
    wanted.map((def) => def.id),
    pinned,
    shown,
    useShownPort(device),
  );
  // Panels of a closed connection still show what was last known, marked stale.
  const collected = useViewSelector(`panel:${device}:collector`, (reading) => reading !== undefined);
  // After a start without the proxy only what the tablet keeps is there, and the collector's own panel is not [U92].
  const kept = useViewSelector(`panel:${device}:device_info`, (reading) => reading !== undefined);
  const known = collected || kept;
  const ssh2 = view?.ssh2;
  if (ssh2 === undefined) return null;
  const online = link?.phase === "online" || link?.phase === "probing";
  const connected = online && ssh2.phase === "live";
  const state = telemetryState(ssh2, view?.record.platform);
  const paused = ssh2.activity === "paused";
  const off = connected ? undefined : "Telemetry is not running";
  const idle = ssh2.phase === "idle" || ssh2.activity === "off" || ssh2.activity === "asking_consent";
  return (
    <>
      <div className="rs-panels-bar">
        <div className="rs-panels-state">
          <Chip icon={state.icon} plain tone={state.tone}>
            {state.word}
          </Chip>
          <span className="rs-muted">{state.detail}</span>
        </div>
        <Button
          disabledReason={off}
          icon={paused ? "play" : "pause"}
          label={paused ? "Resume telemetry" : "Pause telemetry"}
          onClick={() => void dispatch(commands.monitor(device, { paused: !paused }))}
          variant="ghost"
        />
        <Button
          disabledReason={off}
          icon="refresh"
          label="Refresh all panels"
          onClick={() => void dispatch(commands.monitor(device, { refresh: "all" }))}
          variant="ghost"
        />
        <Button icon="snapshot" label="Snapshots and compare" onClick={() => setComparing(true)} variant="ghost" />
        <Button icon="search" label="Look up an address" onClick={() => showLookup(device)} variant="ghost" />
        <Button icon="tune" label="Choose panels" onClick={() => setManaging(true)} variant="ghost" />
      </div>
      <div className="rs-panels-scroll">
        <div className="rs-panels-grid">
          <TelemetryNotice device={device} ssh1={view?.ssh1.phase} ssh2={ssh2} />
          {idle && !known
            ? null
            : offered.map((def) => (
                <ErrorBoundary key={def.id} what={def.title}>
                  <PanelCard connected={connected} def={def} device={device} />
                </ErrorBoundary>
              ))}
          {idle && !known ? null : (
            <NotOffered connected={connected} device={device} platform={platform} refused={refused} />
          )}
          {wanted.length === 0 ? (
            <div className="rs-empty" data-span="all">
              <p>All panels are hidden.</p>
              <Button icon="tune" onClick={() => setManaging(true)}>
                Choose panels
              </Button>
            </div>
          ) : null}
        </div>
      </div>
      <Suspense fallback={null}>
        {comparing ? (
          <SnapshotsSheet connected={connected} device={device} onClose={() => setComparing(false)} />
        ) : null}
        {managing ? <TelemetrySheet device={device} onClose={() => setManaging(false)} /> : null}
      </Suspense>
    </>
  );
}

type NoticeProps = { device: string; ssh2: TelemetryView; ssh1: SessionPhase | undefined };

/** Whatever keeps telemetry from working, with the way out of it. */
function TelemetryNotice({ device, ssh2, ssh1 }: NoticeProps) {
  const dispatch = useDispatch();
  if (ssh2.activity === "asking_consent") {
    return (
      <div data-span="all">
        <ConsentCard device={device} />
      </div>
    );
  }
  if (ssh2.phase === "ended" && ssh1 !== "ended") {
    const changed = ssh2.ended?.error?.code === "host_key_changed";
    return (
      <div data-span="all">
        <Callout
          actions={
            <Button icon="refresh" onClick={() => void dispatch(commands.consent(device, true, false))}>
              Start telemetry again
            </Button>
          }
          icon={changed ? "key_stop" : "error"}
          title={changed ? "Telemetry met another host key than the terminal" : "Telemetry has ended"}
          tone="crit"
        >
          {ssh2.ended?.error === undefined ? (
            <p>The device closed the second connection. The terminal goes on.</p>
          ) : (
            <ErrorNote error={ssh2.ended.error} />
          )}
        </Callout>
      </div>
    );
  }
  if (ssh2.phase === "idle" && ssh1 !== "live") {
    return (
      <p className="rs-empty" data-span="all">
        Telemetry starts when the terminal is connected.
      </p>
    );
  }
  if (ssh2.phase === "idle" && ssh2.activity === "off") {
    return (
      <div data-span="all">
        <Callout
          actions={
            <Button icon="play" onClick={() => void dispatch(commands.consent(device, true, false))}>
              Show telemetry
            </Button>
          }
          title="Telemetry is off for this device"
          tone="neutral"
        >
          {ssh2.reason === undefined ? null : <p>{ssh2.reason}</p>}
        </Callout>
      </div>
    );
  }
  if (ssh2.phase === "connecting" || ssh2.activity === "detecting") return <Starting device={device} ssh2={ssh2} />;
  if (ssh2.platform?.id === "unknown") return <UnknownPlatform device={device} evidence={ssh2.platform.evidence} />;
  return null;
}

/** What the second connection is doing before the first panel can fill, with its time and a way out [U99]. */
function Starting({ device, ssh2 }: { device: string; ssh2: TelemetryView }) {
  const dispatch = useDispatch();
  const now = useNow();
  const detecting = ssh2.phase === "live";
  const step = connectSteps(ssh2.step).find(({ state }) => state === "current");
  return (
    <div data-span="all">
      <Callout
        actions={
          detecting ? undefined : (
            <Button icon="close" onClick={() => void dispatch(commands.cancel(device, "ssh2"))}>
              Cancel
            </Button>
          )
        }
        icon="busy"
        title={detecting ? "Finding out what this device is" : "Opening the telemetry connection"}
        tone="info"
      >
        <p>
          {detecting ? (
            <DeviceText text={ssh2.command ?? "At most three read-only commands"} />
          ) : (
            (step?.title ?? "Asking the proxy")
          )}
          {` · ${durationText(Math.max(0, now - ssh2.since) / 1_000)}`}
        </p>
      </Callout>
    </div>
  );
}

/** No pack knows the box: say so, show its raw answers, and let the person choose. */
function UnknownPlatform({ device, evidence }: { device: string; evidence: string }) {
  const dispatch = useDispatch();
  return (
    <div data-span="all">
      <Callout
        actions={platforms
          .filter((one) => one.id !== "unknown")
          .map(({ id, title }) => (
            <Button key={id} onClick={() => void dispatch(commands.monitor(device, { platform: id }))}>
              {title}
            </Button>
          ))}
        title="This platform is not known"
        tone="unknown"
      >
        <p>{evidence === "" ? "Its answers fit no platform." : evidence} If you know what it is, choose it.</p>
      </Callout>
    </div>
  );
}
