import { useView } from "#bridge/hooks.ts";
import { alertLook, alertTitle, worstAlert } from "../alerts/alert-words.ts";
import { Glance } from "../glance/glance.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useBadge } from "../status/use-badge.ts";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { changeSentence, type Look, severityLook, whenText } from "./change-words.ts";

/** More than fit on any screen at this size. */
const LINES = 12;
/** Side of a shape at this size, CSS pixels. */
const ICON_PX = 56;

/** The change strip to be read from afar: how the device is, what holds, what changed last [U5]. */
export default function StripGlance({ device, onClose }: { device: string; onClose: () => void }) {
  const view = useView(`device:${device}`);
  const changes = useView(`changes:${device}`);
  const worst = worstAlert(useView(`alerts:${device}`));
  const badge = useBadge(device);
  const now = useNow();
  const events = (changes?.events ?? []).slice(0, LINES);
  return (
    <Glance
      onClose={onClose}
      title={
        <>
          <Mark look={badge} />
          <DeviceText max={64} text={view?.record.label || view?.record.target.host || device} />
        </>
      }
    >
      {worst === undefined ? null : (
        <p className="rs-glance-alert" data-level={worst.level}>
          <Mark look={alertLook(worst)} /> <DeviceText text={alertTitle(worst)} />
        </p>
      )}
      {events.length === 0 ? <p>No change was seen.</p> : null}
      {events.map((event) => (
        <p className="rs-glance-line" key={event.id}>
          <Mark look={severityLook(event.severity)} /> <time>{whenText(event, now)}</time>{" "}
          <DeviceText text={changeSentence(event, now)} />
        </p>
      ))}
    </Glance>
  );
}

function Mark({ look }: { look: Pick<Look, "icon" | "tone" | "word" | "filled"> }) {
  return (
    <span className="rs-glance-mark" data-tone={look.tone}>
      <Icon filled={look.filled === true} name={look.icon} size={ICON_PX} />
      {look.word}
    </span>
  );
}
