import type { LinkRequest } from "#terminal/link-check.ts";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { DeviceText } from "../text/device-text.tsx";

/** Where a link of the device really leads, before anything opens [S87]. */
export function LinkSheet({ terminal, link }: { terminal: TerminalHandle; link: LinkRequest }) {
  const close = () => terminal.dismissLink();
  return (
    <Dialog
      decision
      footer={
        <>
          <Button autoFocus onClick={close}>
            Cancel
          </Button>
          <Button onClick={() => void navigator.clipboard?.writeText(link.url)}>Copy</Button>
          <a
            className="rs-btn"
            data-variant="primary"
            href={link.url}
            onClick={close}
            rel="noopener noreferrer"
            target="_blank"
          >
            Open
          </a>
        </>
      }
      icon="link"
      onClose={close}
      testId="link-question"
      title="Open this link?"
    >
      <p>The device's output leads to</p>
      <p className="rs-link-host">{link.host}</p>
      {link.punycode ? (
        <Callout title="The name has letters beyond plain Latin; this is how the network writes it." tone="warn" />
      ) : null}
      {link.looksLikeOther ? (
        <Callout title="The screen shows another address" tone="warn">
          <DeviceText text={link.shown} max={120} />
        </Callout>
      ) : null}
      <p className="rs-mono rs-break">{link.url}</p>
    </Dialog>
  );
}
