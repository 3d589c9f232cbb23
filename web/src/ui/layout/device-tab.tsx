import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Icon } from "../primitives/icon.tsx";
import { LegacyMark } from "../status/legacy-mark.tsx";
import { useBadge } from "../status/use-badge.ts";
import { DeviceText } from "../text/device-text.tsx";
import { useLock } from "../vault/lock-cover.tsx";
import { goTo } from "./navigation.ts";

/** A device's tab: the user's name for it and its worst state as shape and word [U7] [U8]. */
export function DeviceTab({ device, active }: { device: string; active: boolean }) {
  const view = useView(`device:${device}`);
  const dispatch = useDispatch();
  const { locked } = useLock();
  const [asking, setAsking] = useState(false);
  const label = view?.record.label || view?.record.target.host || device;
  const badge = useBadge(device);
  const running = view !== undefined && !["idle", "ended"].includes(view.ssh1.phase);

  const close = (how: "end" | "detach"): void => {
    setAsking(false);
    if (active) goTo(null);
    void dispatch(commands.close(device, how));
  };
  return (
    <div className="rs-tab" data-active={active || undefined}>
      <button
        aria-current={active ? "page" : undefined}
        className="rs-tab-main"
        onClick={() => goTo(device)}
        title={`${label}: ${badge.spoken}`}
        type="button"
      >
        <Chip filled={badge.filled === true} icon={badge.icon} plain tone={badge.tone}>
          {badge.word}
        </Chip>
        <DeviceText className="rs-tab-label" max={64} text={label} />
        <LegacyMark record={view?.record} />
      </button>
      {locked ? null : (
        <button
          aria-label={`Close ${label}`}
          className="rs-tab-close"
          onClick={() => (running ? setAsking(true) : close("end"))}
          type="button"
        >
          <Icon name="close" />
        </button>
      )}
      {asking && !locked ? (
        <Dialog
          footer={
            <>
              <Button autoFocus onClick={() => setAsking(false)}>
                Stay
              </Button>
              <Button icon="tablet" onClick={() => close("detach")}>
                Leave it running
              </Button>
              <Button icon="disconnect" onClick={() => close("end")} variant="danger">
                End both sessions
              </Button>
            </>
          }
          onClose={() => setAsking(false)}
          title={`Close ${label}?`}
        >
          <p>
            Ending closes the terminal and the telemetry connection; what runs in the terminal’s shell ends with it.
          </p>
          <p>
            Left running, the proxy keeps both sessions for {Math.round((view?.record.grace_s ?? 0) / 60)} minutes, and
            you can take them up again from the list.
          </p>
        </Dialog>
      ) : null}
    </div>
  );
}
