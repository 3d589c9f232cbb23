import { useView } from "#bridge/hooks.ts";
import type { NoticeView } from "#bridge/types.ts";
import type { Look } from "../changes/change-words.ts";
import { clockText } from "../format/times.ts";
import { Chip } from "../primitives/chip.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { useNow } from "./use-now.ts";

const LOOKS: Record<NoticeView["level"], Look> = {
  info: { icon: "info", tone: "info", word: "info" },
  warn: { icon: "warn", tone: "warn", word: "warning" },
  error: { icon: "error", tone: "crit", word: "error" },
};
export const noticeLook = (level: NoticeView["level"]): Look => LOOKS[level];

const NONE: readonly NoticeView[] = [];

/** Notices of the device and of the app as a whole, newest first. */
export function useNotices(device: string): readonly NoticeView[] {
  const all = useView("notices") ?? NONE;
  return all.filter((one) => one.device === undefined || one.device === device).toSorted((a, b) => b.at - a.at);
}

/** What the app had to say, to be read later [U99]. */
export function NoticeList({ notices }: { notices: readonly NoticeView[] }) {
  const now = useNow();
  if (notices.length === 0) return <p className="rs-muted">No notices of this app.</p>;
  return (
    <ul className="rs-event-list">
      {notices.map(({ id, at, level, text, code }) => (
        <li key={id}>
          <time className="rs-time">{clockText(at, now)}</time>
          <Chip icon={noticeLook(level).icon} plain tone={noticeLook(level).tone}>
            {noticeLook(level).word}
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
