import { Icon } from "../primitives/icon.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";

/** Longest banner or instruction shown; more than a screen of it is no help. */
const SHOWN_CHARS = 4_096;

/** Words of the device, framed and named as such, so that they can never pass for the app's own [S58] [S86]. */
export function DeviceSays({ text, caption = "The device writes" }: { text: string; caption?: string }) {
  if (text.trim() === "") return null;
  return (
    <figure className="rs-device-says">
      <figcaption>
        <Icon name="device" />
        {caption}
      </figcaption>
      <pre className="rs-selectable">
        <bdi>{escapeDeviceText(text.trimEnd(), SHOWN_CHARS, true)}</bdi>
      </pre>
    </figure>
  );
}
