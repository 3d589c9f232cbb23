import { useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { BoundWay, DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Segments } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { wayOf, wayText } from "./bound-way.ts";
import type { MoveDecision } from "./login-move.ts";

/** Longest way that is shown in full: four hosts with their users. */
const WAY_MAX_CHARS = 1_200;

type MovedWaysProps = { before: BoundWay | undefined; now: BoundWay };

/** Old and new, one above the other. */
function MovedWays({ before, now }: MovedWaysProps) {
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
      <dt>The device is now said to be at</dt>
      <dd>
        <code>
          <DeviceText max={WAY_MAX_CHARS} text={wayText(now)} />
        </code>
      </dd>
    </dl>
  );
}

type MoveChoiceProps = MovedWaysProps & { decision: MoveDecision; onDecide: (decision: MoveDecision) => void };

/** In the device's settings: what becomes of a login that was chosen for another address. Nothing else decides it [S67]. */
export function MoveChoice({ before, now, decision, onDecide }: MoveChoiceProps) {
  return (
    <Callout title="The login of this device was chosen for another address" tone="warn">
      <p>Nothing of it is offered at the new one, unless you say here that the device is really there.</p>
      <MovedWays before={before} now={now} />
      <Segments
        choices={[
          { value: "leave", label: "Leave it" },
          { value: "move", label: "Move it there" },
          { value: "anew", label: "Choose anew" },
        ]}
        hint={DECISIONS[decision]}
        label="Login chosen for the old address"
        onChange={onDecide}
        value={decision}
      />
    </Callout>
  );
}

const DECISIONS: Readonly<Record<MoveDecision, string>> = {
  leave: "It stays bound to the old address, and the device asks at the new one",
  move: "With it goes every key, password and secret of the vault that is bound to this device at the old address",
  anew: "The login below takes its place; entries of the vault stay bound to the old address",
};

type MovedLoginProps = { record: DeviceRecord; before: BoundWay | undefined; onOpen: () => void; onClose: () => void };

/**
 * The device is somewhere else than its login on this tablet was chosen for. The list comes from the proxy, so only a person
 * can say whether that is right; what is bound to the device then goes along [S47] [S67].
 */
export function MovedLogin({ record, before, onOpen, onClose }: MovedLoginProps) {
  const dispatch = useDispatch();
  const [error, setError] = useState<ErrorPayload>();
  const bind = async (): Promise<void> => {
    const result = await dispatch(secretCommands.rebindLogin(record.id, before, wayOf(record.target)));
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
      <MovedWays before={before} now={wayOf(record.target)} />
      <p>
        “Use it there” takes along every key, password and secret of the vault that is bound to this device at the old
        address.
      </p>
      <ErrorNote error={error} />
    </Dialog>
  );
}
