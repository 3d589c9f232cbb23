import "./changes.css";
import { lazy, Suspense, useState } from "react";
import { useView } from "#bridge/hooks.ts";
import { holding, worstAlert } from "../alerts/alert-words.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNotices } from "../status/notices.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { AlertMark } from "./alert-mark.tsx";
import { LookChip } from "./look-chip.tsx";
import { newestLine } from "./newest.ts";

const EventsSheet = lazy(() => import("./events-sheet.tsx"));

/** Says no more than it knows: nothing was seen to change, which is not that nothing did. */
const NONE = "No changes, alerts or notices so far";

/** Worst alert and newest event of a device, always in sight [U2]; a tap shows all of them [U99]. */
export function EventStrip({ device }: { device: string }) {
  const changes = useView(`changes:${device}`);
  const alerts = useView(`alerts:${device}`);
  const notices = useNotices(device);
  const now = useNow();
  const [open, setOpen] = useState(false);
  const line = newestLine(changes, alerts, notices, now);
  const unseen = changes?.unseen ?? 0;
  return (
    <>
      <button aria-haspopup="dialog" className="rs-events-strip" onClick={() => setOpen(true)} type="button">
        <AlertMark alert={worstAlert(alerts)} crit={holding(alerts, "crit")} warn={holding(alerts, "warn")} />
        {line === undefined ? (
          <>
            <Icon name="events" />
            <span className="rs-events-text rs-muted">{NONE}</span>
          </>
        ) : (
          <span className="rs-strip-line">
            <span className="rs-strip-head">
              <LookChip look={line.look} />
              <time className="rs-time rs-muted">{line.when}</time>
              {unseen === 0 ? null : <strong className="rs-strip-new">{unseen} new</strong>}
            </span>
            <DeviceText className="rs-events-text" text={line.text} />
          </span>
        )}
        <Icon name="collapse" />
      </button>
      <Suspense fallback={null}>
        {open ? <EventsSheet device={device} onClose={() => setOpen(false)} /> : null}
      </Suspense>
    </>
  );
}
