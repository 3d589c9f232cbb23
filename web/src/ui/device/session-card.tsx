import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { DeviceView, ErrorPayload } from "#bridge/types.ts";
import { AlgorithmTable } from "../connect/algorithm-table.tsx";
import { AllowTarget } from "../connect/allow-target.tsx";
import { connectSteps } from "../connect/connect-steps.ts";
import { DeviceSays } from "../connect/device-says.tsx";
import { DeviceSheet } from "../connect/device-sheet.tsx";
import { HostKeyStop } from "../connect/host-key-stop.tsx";
import { clockText, durationText } from "../format/times.ts";
import { goTo } from "../layout/navigation.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { endTitle } from "./end-text.ts";
import { idleEndOf, idleEndText, idleLimitOf } from "./idle-limit.ts";
import { allowanceOf } from "./legacy-allowance.ts";
import { UnsentNote } from "./unsent-note.tsx";
import { waitingText } from "./waiting-text.ts";

/** Size sent with a reconnect; the fitted one follows from the terminal. */
const sizeOf = ({ ssh1 }: DeviceView) => ({ cols: ssh1.cols || 80, rows: ssh1.rows || 24 });

/** Card over the terminal while it connects, ended, or is in use elsewhere. The screen behind it is kept. */
export function SessionCard({ device }: { device: string }) {
  const view = useView(`device:${device}`);
  if (view === undefined) return null;
  const { ssh1 } = view;
  if (ssh1.phase === "connecting") return <Connecting device={device} session={ssh1} />;
  if (ssh1.phase === "ended") return <Ended device={device} view={view} />;
  if (ssh1.phase === "busy" || ssh1.phase === "taken_over") return <InUse device={device} view={view} />;
  if (ssh1.phase === "idle") return <NotConnected device={device} view={view} />;
  if (ssh1.phase === "suspended" || ssh1.phase === "resuming") return <Waiting view={view} />;
  return null;
}

/** Steps with the time they take, and a way out [U99]. */
function Connecting({ device, session }: { device: string; session: DeviceView["ssh1"] }) {
  const dispatch = useDispatch();
  const now = useNow();
  const waited = Math.max(0, (now - session.since) / 1_000);
  return (
    <div className="rs-session-card" data-testid="connecting" role="status">
      <h2>Connecting</h2>
      <ol className="rs-steps">
        {connectSteps(session.step).map(({ id, title, state }) => (
          <li aria-current={state === "current" ? "step" : undefined} data-state={state} key={id}>
            <Icon name={state === "done" ? "check" : state === "current" ? "busy" : "minus"} />
            <span>{title}</span>
            <time>{state === "current" ? durationText(waited) : ""}</time>
          </li>
        ))}
      </ol>
      {session.banner === undefined ? null : <DeviceSays text={session.banner} />}
      <UnsentNote session={session} />
      <div className="rs-btn-row" data-align="end">
        <Button icon="close" onClick={() => void dispatch(commands.cancel(device, "ssh1"))}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

/** Why it ended, what was kept, and one tap to go on. */
function Ended({ device, view }: { device: string; view: DeviceView }) {
  const dispatch = useDispatch();
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const [refusal, setRefusal] = useState<ErrorPayload>();
  const online = useView("link")?.phase;
  const { ended } = view.ssh1;
  const error = ended?.error;
  const idle = idleEndText(view);
  const mayEdit = view.record.simulated !== true;
  const offline = online === "online" || online === "probing" ? undefined : "There is no connection to the proxy";
  if (error?.code === "host_key_changed") return <HostKeyStop device={device} error={error} record={view.record} />;
  const allowance = allowanceOf(view.record, error);
  const reconnect = (): void => {
    void dispatch(commands.reconnect(device, sizeOf(view)));
  };
  const allow = async (): Promise<void> => {
    if (allowance === undefined) return;
    const saved = await dispatch(commands.putDevice(allowance.record));
    setRefusal(saved.ok ? undefined : saved.error);
    if (saved.ok) reconnect();
  };
  return (
    <div
      className="rs-session-card"
      data-testid="ended"
      data-tone={error === undefined ? undefined : "crit"}
      role="alert"
    >
      <h2>
        <Icon name={error === undefined ? "power" : "error"} />
        {endTitle(ended, view.ssh1.auth_method !== undefined)}
      </h2>
      {idle === undefined ? null : <p>{idle}</p>}
      {ended?.while_away ? <p>It ended while this page was away.</p> : null}
      {error === undefined ? (
        <p>The screen and the history are kept.</p>
      ) : (
        <ErrorNote detail={error.diagnosis === undefined} error={error} />
      )}
      {error?.policy === undefined ? null : (
        <AllowTarget error={error} label={view.record.label} onAllowed={reconnect} />
      )}
      {error?.diagnosis === undefined ? null : <AlgorithmTable diagnosis={error.diagnosis} />}
      <ErrorNote error={refusal} />
      {ended === undefined ? null : <p className="rs-muted">{clockText(ended.at, now)}</p>}
      <UnsentNote session={view.ssh1} />
      <div className="rs-btn-row" data-align="end">
        <Button onClick={() => goTo(null)} variant="ghost">
          Devices
        </Button>
        {mayEdit ? (
          <Button icon="edit" onClick={() => setEditing(true)}>
            Edit device
          </Button>
        ) : null}
        {allowance === undefined ? null : (
          <Button disabledReason={offline} icon="tune" onClick={() => void allow()} variant="primary">
            Allow “{allowance.set}”{allowance.jumpHost === undefined ? "" : ` for jump host ${allowance.jumpHost}`} and
            try again
          </Button>
        )}
        {/* With the same algorithms the same would happen. */}
        {error?.code === "no_common_algorithm" ? null : (
          <Button disabledReason={offline} icon="refresh" onClick={reconnect} variant="primary">
            Reconnect
          </Button>
        )}
      </div>
      {editing ? <DeviceSheet catalog={[]} onClose={() => setEditing(false)} record={view.record} /> : null}
    </div>
  );
}

/** Nobody has connected yet, or the attempt was given up. */
function NotConnected({ device, view }: { device: string; view: DeviceView }) {
  const dispatch = useDispatch();
  return (
    <div className="rs-session-card" data-testid="not-connected" role="status">
      <h2>
        <Icon name="power" />
        Not connected
      </h2>
      <UnsentNote session={view.ssh1} />
      <div className="rs-btn-row" data-align="end">
        <Button onClick={() => goTo(null)} variant="ghost">
          Devices
        </Button>
        <Button icon="link" onClick={() => void dispatch(commands.open(device, sizeOf(view)))} variant="primary">
          Connect
        </Button>
      </div>
    </div>
  );
}

/** Another page or tablet writes; taking over is a tap, never automatic [WP28]. */
function InUse({ device, view }: { device: string; view: DeviceView }) {
  const dispatch = useDispatch();
  const { ssh1 } = view;
  const where = ssh1.holder === undefined ? "another page" : ssh1.holder;
  return (
    <div className="rs-session-card" data-testid="in-use" role="status">
      <h2>
        <Icon name="tablet" />
        {ssh1.phase === "busy" ? "In use elsewhere" : "Taken over"}
      </h2>
      <p>
        The terminal is used on <bdi>{where}</bdi>. The screen here is as last received.
      </p>
      <UnsentNote session={ssh1} />
      <div className="rs-btn-row" data-align="end">
        <Button onClick={() => goTo(null)} variant="ghost">
          Leave it there
        </Button>
        <Button icon="hand" onClick={() => void dispatch(commands.takeOver(device, "ssh1"))} variant="primary">
          Take over
        </Button>
      </div>
    </div>
  );
}

/** The way to the proxy is lost; the session is there again if the proxy is, and in time. */
function Waiting({ view }: { view: DeviceView }) {
  const now = useNow();
  const { phase, grace_until } = view.ssh1;
  const [end, limit] = [idleEndOf(view), idleLimitOf(view)];
  const idle = end === null || limit === undefined ? undefined : { end, name: limit.name };
  return (
    <p className="rs-resuming" role="status">
      <Icon name="busy" />
      <span>{waitingText(phase, grace_until, now, idle)}</span>
    </p>
  );
}
