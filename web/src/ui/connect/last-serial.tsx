import { useViewSelector } from "#bridge/hooks.ts";
import { DeviceText } from "../text/device-text.tsx";

/** The device's serial number as telemetry read it last, also in an earlier run: other hardware has another key [S48]. */
export function LastSerial({ device }: { device: string }) {
  const serial = useViewSelector(`panel:${device}:device_info`, (reading) =>
    reading?.panel === "device_info" ? reading.data?.serial : undefined,
  );
  if (serial === undefined) return null;
  return (
    <p data-testid="last-serial">
      Last known serial number:{" "}
      <code className="rs-selectable">
        <DeviceText max={64} text={serial} />
      </code>
      . Replaced hardware always has a new key.
    </p>
  );
}
