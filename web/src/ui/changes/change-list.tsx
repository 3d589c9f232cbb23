import { lazy, Suspense, useState } from "react";
import type { ChangeEvent } from "#bridge/types.ts";
import { groupDigits } from "../format/numbers.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { changeValues, isThereAndBack, kindText, severityLook, whenText } from "./change-words.ts";
import { LookChip } from "./look-chip.tsx";
import { useChanges } from "./use-changes.ts";

const ChangeSheet = lazy(() => import("./change-sheet.tsx"));

/** What changed on the device, newest first [T85]. */
export function ChangeList({ device }: { device: string }) {
  const { events, seenBefore, state, error, more } = useChanges(device);
  const [shown, setShown] = useState<ChangeEvent>();
  return (
    <>
      {events.length === 0 ? (
        <p className="rs-muted">
          No change was seen. Changes are found by comparing readings, so they show only while telemetry runs and in
          what panels ask for.
        </p>
      ) : (
        <ul className="rs-change-list">
          {events.map((event) => (
            <ChangeItem event={event} isNew={event.at > seenBefore} key={event.id} onOpen={setShown} />
          ))}
        </ul>
      )}
      {error === undefined ? null : <ErrorNote error={error} />}
      {state === "end" ? (
        <p className="rs-muted">Nothing older is kept.</p>
      ) : (
        <div className="rs-btn-row">
          <Button
            disabledReason={state === "loading" ? "Being read" : undefined}
            icon="history"
            onClick={() => void more()}
          >
            {state === "loading" ? "Reading…" : "Older…"}
          </Button>
        </div>
      )}
      <Suspense fallback={null}>
        {shown === undefined ? null : <ChangeSheet device={device} event={shown} onClose={() => setShown(undefined)} />}
      </Suspense>
    </>
  );
}

type ChangeItemProps = { event: ChangeEvent; isNew: boolean; onOpen: (event: ChangeEvent) => void };

function ChangeItem({ event, isNew, onOpen }: ChangeItemProps) {
  const now = useNow();
  return (
    <li data-new={isNew || undefined}>
      <button aria-haspopup="dialog" className="rs-change" onClick={() => onOpen(event)} type="button">
        <span className="rs-change-head">
          <LookChip look={severityLook(event.severity)} />
          <time className="rs-time rs-muted">{whenText(event, now)}</time>
          {isNew ? <strong className="rs-strip-new">new</strong> : null}
        </span>
        <span className="rs-change-what">
          <strong>
            <DeviceText text={event.label} />
          </strong>{" "}
          <ChangeWords event={event} />
        </span>
        <Icon name="right" size={18} />
      </button>
    </li>
  );
}

/** What happened to the thing that the label names: field, before and after, how often. */
export function ChangeWords({ event }: { event: ChangeEvent }) {
  const now = useNow();
  const { field, from, to } = changeValues(event, now);
  const hasValues = from !== undefined || to !== undefined;
  const saysKind = !hasValues || event.kind === "flapped" || event.kind === "reset";
  if (isThereAndBack(event)) {
    return (
      <>
        {field} changed {groupDigits(String(event.count))} times, now{" "}
        <span className="rs-change-values">
          <bdi>{to ?? "unknown"}</bdi>
        </span>
      </>
    );
  }
  return (
    <>
      {saysKind ? kindText(event) : null}
      {hasValues ? (
        <>
          {saysKind ? ", " : ""}
          {field}{" "}
          <span className="rs-change-values">
            <bdi>{from ?? "unknown"}</bdi> <span aria-hidden="true">→</span>
            <span className="rs-visually-hidden"> to </span> <bdi>{to ?? "unknown"}</bdi>
          </span>
        </>
      ) : null}
      {event.count > 1 ? <span className="rs-muted"> {groupDigits(String(event.count))} times</span> : null}
    </>
  );
}
