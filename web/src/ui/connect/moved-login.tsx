import { useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { BoundWay, DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { wayOf, wayText } from "./bound-way.ts";

/** Longest way that is shown in full: four hosts with their users. */
const WAY_MAX_CHARS = 1_200;

type MovedWaysProps = { before: BoundWay | undefined; target: DeviceRecord["target"] };

/** Old and new, one above the other. */
export function MovedWays({ before, target }: MovedWaysProps) {
  return (
    <dl className="rs-facts">
      <dt>Chosen for</dt>
      <dd>
        {before === undefined ? (
          "an address that was not noted"
        ) : (
          <code>
            <DeviceText max={WAY_MAX_CHARS} text={wayText(before)} />
          </code>
        )}
      </dd>
      <dt>The list says now</dt>
      <dd>
        <code>
          <DeviceText max={WAY_MAX_CHARS} text={wayText(wayOf(target))} />
        </code>
      </dd>
    </dl>
  );
}

type MovedLoginProps = { record: DeviceRecord; before: BoundWay | undefined; onOpen: () => void; onClose: () => void };

/**
 * The device is somewhere else than its login on this tablet was chosen for. The list comes from the proxy, so only a person
 * can say whether that is right; what is bound to the device then goes along [S47] [S67].
 */
export function MovedLogin({ record, before, onOpen, onClose }: MovedLoginProps) {
  const dispatch = useDispatch();
  const [error, setError] = useState<ErrorPayload>();
  const bind = async (): Promise<void> => {
    const result = await dispatch(secretCommands.rebindLogin(record.id, wayOf(record.target)));
    if (result.ok) onOpen();
    else setError(result.error);
  };
  return (
    <Dialog
      decision
      footer={
        <>
          <Button autoFocus onClick={onClose}>
            Do not connect
          </Button>
          <Button onClick={onOpen}>Connect without it</Button>
          <Button icon="shield" onClick={() => void bind()}>
            Use it there from now on
          </Button>
        </>
      }
      icon="shield_alert"
      onClose={onClose}
      testId="moved-login"
      title="This device has another address now"
    >
      <p>
        How this tablet logs in to <DeviceText text={record.label} /> was chosen for another address, user or way. If
        you, or somebody you know, changed it in the list, go on; else somebody may be after your login.
      </p>
      <MovedWays before={before} target={record.target} />
      <p>“Use it there” takes along every key, password and secret of the vault that is bound to this device.</p>
      <ErrorNote error={error} />
    </Dialog>
  );
}
