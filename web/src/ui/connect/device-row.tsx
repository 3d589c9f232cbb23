import { useView } from "#bridge/hooks.ts";
import type { DeviceRecord } from "#bridge/types.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useBadge } from "../status/use-badge.ts";
import { DeviceText } from "../text/device-text.tsx";
import { addressText } from "./device-search.ts";

type DeviceRowProps = {
  record: DeviceRecord | undefined;
  label?: string;
  note?: string;
  action?: string;
  disabledReason?: string | undefined;
  onOpen: () => void;
  onEdit?: (() => void) | undefined;
  onEnd?: (() => void) | undefined;
};

/** One device: what it is called, where it is, how it is, and one tap to open it. */
export function DeviceRow(props: DeviceRowProps) {
  const { record, disabledReason } = props;
  const view = useView(`device:${record?.id ?? "-"}`);
  const label = props.label ?? record?.label ?? "";
  const badge = useBadge(record?.id ?? "-");
  const platform = view?.ssh2.platform?.id ?? record?.platform;
  const title = platforms.find((one) => one.id === platform)?.title;
  const note = props.note ?? record?.note ?? title;
  const open = view !== undefined && view.ssh1.phase !== "idle";
  return (
    <div className="rs-device">
      <button
        aria-disabled={disabledReason !== undefined || undefined}
        className="rs-device-open"
        onClick={() => (disabledReason === undefined ? props.onOpen() : undefined)}
        title={disabledReason}
        type="button"
      >
        <span className="rs-device-name">
          <DeviceText max={128} text={label} />
          {note === undefined ? null : (
            <span className="rs-muted">
              <DeviceText max={160} text={note} />
            </span>
          )}
        </span>
        <span className="rs-device-address">{record === undefined ? "" : <bdi>{addressText(record)}</bdi>}</span>
        <span>
          {view === undefined ? null : (
            <Chip filled={badge.filled === true} icon={badge.icon} tone={badge.tone}>
              {badge.word}
            </Chip>
          )}
        </span>
        <span className="rs-device-go">
          {props.action ?? (open ? "Open" : "Connect")}
          <Icon name="right" />
        </span>
        {disabledReason === undefined ? null : <span className="rs-visually-hidden">{disabledReason}</span>}
      </button>
      <div className="rs-device-more">
        {props.onEnd === undefined ? null : (
          <Button
            disabledReason={disabledReason}
            icon="power"
            label={`End ${label}`}
            onClick={props.onEnd}
            variant="ghost"
          />
        )}
        {props.onEdit === undefined ? null : (
          <Button icon="edit" label={`Edit ${label}`} onClick={props.onEdit} variant="ghost" />
        )}
      </div>
    </div>
  );
}
