import { CopyButton } from "./copy-button.tsx";
import { escapeDeviceText } from "./escape-device-text.ts";

/** Longest raw text drawn at once; the copy button has all of it. */
const SHOWN_CHARS = 200_000;

/** What a device answered, as it came but escaped [S86], and ready to copy. */
export function RawText({ text }: { text: string }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls has to be reachable with keys */}
      <pre className="rs-raw-text rs-scroll rs-selectable" data-testid="raw-text" tabIndex={0}>
        <bdi>{escapeDeviceText(text, SHOWN_CHARS, true)}</bdi>
      </pre>
      <div className="rs-btn-row">
        <CopyButton label="Copy raw text" text={text} />
      </div>
    </>
  );
}
