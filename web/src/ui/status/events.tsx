import { useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { NoticeView } from "#bridge/types.ts";
import { clockText } from "../format/times.ts";
import { Chip, type Tone } from "../primitives/chip.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Icon, type IconName } from "../primitives/icon.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { useNow } from "./use-now.ts";

const LOOK: Record<NoticeView["level"], { icon: IconName; tone: Tone; word: string }> = {
  info: { icon: "info", tone: "info", word: "info" },
  warn: { icon: "warn", tone: "warn", word: "warning" },
  error: { icon: "error", tone: "crit", word: "error" },
};

/** Says no more than it knows: what changes on the device between two readings is not recorded. */
const NONE = "No notices. Device changes: see panels.";

/** Notices of the device and of the app as a whole, newest first. */
function useNotices(device: string): NoticeView[] {
  const all = useView("notices") ?? [];
  return all.filter((one) => one.device === undefined || one.device === device).toSorted((a, b) => b.at - a.at);
}

function EventList({ notices }: { notices: readonly NoticeView[] }) {
  const now = useNow();
  if (notices.length === 0) return <p className="rs-muted">{NONE}</p>;
  return (
    <ul className="rs-event-list">
      {notices.map(({ id, at, level, text, code }) => (
        <li key={id}>
          <time className="rs-time">{clockText(at, now)}</time>
          <Chip icon={LOOK[level].icon} plain tone={LOOK[level].tone}>
            {LOOK[level].word}
          </Chip>
          <span>
            <DeviceText text={text} />
            {code === undefined ? null : (
              <>
                {" "}
                <code className="rs-muted">{code}</code>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Last notice in one line; a tap shows all of them [U99]. */
export function EventsStrip({ device }: { device: string }) {
  const notices = useNotices(device);
  const [open, setOpen] = useState(false);
  const now = useNow();
  const last = notices[0];
  return (
    <>
      <button aria-haspopup="dialog" className="rs-events-strip" onClick={() => setOpen(true)} type="button">
        {last === undefined ? (
          <Icon name="events" />
        ) : (
          <Chip icon={LOOK[last.level].icon} plain tone={LOOK[last.level].tone}>
            {LOOK[last.level].word}
          </Chip>
        )}
        <span className={last === undefined ? "rs-events-text rs-muted" : "rs-events-text"}>
          {last === undefined ? NONE : <DeviceText text={last.text} />}
        </span>
        {last === undefined ? null : <time className="rs-time rs-muted">{clockText(last.at, now)}</time>}
        <Icon name="collapse" />
      </button>
      {open ? (
        <Sheet icon="events" onClose={() => setOpen(false)} title="Notices">
          <EventList notices={notices} />
        </Sheet>
      ) : null}
    </>
  );
}

/** All notices, as the phone's third region. */
export function EventsPage({ device }: { device: string }) {
  return (
    <div className="rs-events-page rs-scroll">
      <h2>Notices</h2>
      <EventList notices={useNotices(device)} />
    </div>
  );
}
