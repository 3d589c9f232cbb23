import { DEVICE_TEXT_MAX_CHARS, escapeDeviceText } from "./escape-device-text.ts";

/** Text that came from a device: escaped, capped and isolated from the direction of what stands around it [S86]. */
export function DeviceText(props: { text: string; max?: number; className?: string }) {
  return (
    <bdi className={props.className === undefined ? "rs-device-text" : `rs-device-text ${props.className}`}>
      {escapeDeviceText(props.text, props.max ?? DEVICE_TEXT_MAX_CHARS)}
    </bdi>
  );
}
