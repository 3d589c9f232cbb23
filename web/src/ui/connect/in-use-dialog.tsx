import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { DeviceText } from "../text/device-text.tsx";
import type { ElsewhereGroup } from "./device-search.ts";

type InUseDialogProps = {
  group: ElsewhereGroup;
  onTake: () => void;
  onAnother: () => void;
  onClose: () => void;
};

/** A tap on a device whose terminal is used on another client: a second login beside it is a person's choice [WP28]. */
export function InUseDialog({ group, onTake, onAnother, onClose }: InUseDialogProps) {
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose} variant="ghost">
            Cancel
          </Button>
          <Button icon="connect" onClick={onAnother}>
            Open another
          </Button>
          <Button icon="hand" onClick={onTake} variant="primary">
            Take over
          </Button>
        </>
      }
      icon="tablet"
      onClose={onClose}
      testId="in-use-question"
      title="In use elsewhere"
    >
      <p>
        The terminal of <DeviceText max={128} text={group.label} /> is used on{" "}
        <DeviceText max={128} text={group.holder ?? "another page"} />.
      </p>
      <p className="rs-muted">
        Taking over brings that session here, with what the proxy still has of its screen. Another one is a new login
        beside it.
      </p>
    </Dialog>
  );
}
