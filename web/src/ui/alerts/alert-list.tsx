import { lazy, Suspense, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { AlertState, ErrorPayload } from "#bridge/types.ts";
import { alertValues } from "../changes/change-words.ts";
import { LookChip } from "../changes/look-chip.tsx";
import { ageText, clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { alertLook, snoozeChoices } from "./alert-words.ts";

const RulesSheet = lazy(() => import("./rules-sheet.tsx"));

/** What alert rules found, worst first; what is over stays until the person has said "seen" [T90]. */
export function AlertList({ device }: { device: string }) {
  const view = useView(`alerts:${device}`);
  const [rules, setRules] = useState(false);
  const alerts = view?.alerts ?? [];
  return (
    <>
      {alerts.length === 0 ? (
        <p className="rs-muted">No alert holds, as far as readings tell.</p>
      ) : (
        <ul className="rs-alert-list">
          {alerts.map((alert) => (
            <AlertItem alert={alert} device={device} key={alert.id} />
          ))}
        </ul>
      )}
      <div className="rs-btn-row">
        <Button icon="tune" onClick={() => setRules(true)}>
          Alert rules…
        </Button>
      </div>
      <Suspense fallback={null}>
        {rules ? <RulesSheet device={device} onClose={() => setRules(false)} /> : null}
      </Suspense>
    </>
  );
}

/** Since when, and what is known of it now. */
function phaseText(alert: AlertState, now: number): string {
  const since = `since ${clockText(alert.since, now)}`;
  if (alert.phase === "cleared")
    return `held from ${clockText(alert.since, now)}, cleared ${clockText(alert.cleared_at ?? alert.at, now)}`;
  if (alert.phase === "unknown") {
    const was = alert.level === "crit" ? "critical" : "a warning";
    return `was ${was} ${since}; no reading for ${ageText(Math.max(0, now - alert.at))}`;
  }
  return since;
}

function AlertItem({ alert, device }: { alert: AlertState; device: string }) {
  const now = useNow();
  const dispatch = useDispatch();
  const [snoozing, setSnoozing] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const { value, limit } = alertValues(alert, now);
  const until = alert.snoozed_until !== undefined && alert.snoozed_until > now ? alert.snoozed_until : undefined;
  const acknowledge = async (): Promise<void> => {
    const result = await dispatch(deskCommand(device, "alert_ack", { alert: alert.id }));
    setError(result.ok ? undefined : result.error);
  };
  const snooze = async (to: number): Promise<void> => {
    setSnoozing(false);
    const result = await dispatch(deskCommand(device, "alert_snooze", { alert: alert.id, until: to }));
    setError(result.ok ? undefined : result.error);
  };
  return (
    <li className="rs-alert" data-phase={alert.phase}>
      <p className="rs-change-head">
        <LookChip look={alertLook(alert)} />
        <span className="rs-muted">{phaseText(alert, now)}</span>
      </p>
      <p className="rs-change-title">
        <strong>{alert.title}</strong> <DeviceText text={alert.label} />
      </p>
      {value === undefined ? null : (
        <p>
          {alert.phase === "active" ? "" : "last value "}
          <bdi>{value}</bdi>
          {limit === undefined ? null : (
            <span className="rs-muted">
              {" "}
              limit {limit}
              {alert.our_default === true ? ", our default" : ""}
            </span>
          )}
        </p>
      )}
      {value === undefined || limit === undefined ? <OurDefault alert={alert} /> : null}
      {alert.acknowledged_at === undefined ? null : (
        <p className="rs-muted">Acknowledged {clockText(alert.acknowledged_at, now)}</p>
      )}
      {until === undefined ? null : <p className="rs-muted">Quiet until {clockText(until, now)}</p>}
      {error === undefined ? null : <ErrorNote error={error} />}
      <div className="rs-btn-row">
        {alert.acknowledged_at === undefined ? (
          <Button icon="check" label={`Acknowledge ${alert.title} ${alert.label}`} onClick={() => void acknowledge()}>
            Acknowledge
          </Button>
        ) : null}
        {alert.phase === "cleared" ? null : (
          <Button
            expanded={snoozing}
            icon="pause"
            label={`Snooze ${alert.title} ${alert.label}`}
            onClick={() => setSnoozing(!snoozing)}
          >
            Snooze
          </Button>
        )}
        {until === undefined ? null : (
          <Button icon="play" onClick={() => void snooze(now)}>
            End snooze
          </Button>
        )}
      </div>
      {snoozing ? (
        <div className="rs-btn-row">
          {snoozeChoices(now).map(({ label, until: to }) => (
            <Button key={label} onClick={() => void snooze(to)}>
              {label}
            </Button>
          ))}
        </div>
      ) : null}
    </li>
  );
}

/** A limit that is this app's and not the device's says so [T89]. */
function OurDefault({ alert }: { alert: AlertState }) {
  return alert.our_default === true ? <p className="rs-muted">The limit is our default, not the device’s.</p> : null;
}
