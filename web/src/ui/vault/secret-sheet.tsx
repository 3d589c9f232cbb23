import "../settings/secrets.css";
import { useState } from "react";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, VaultEntryView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { useDeviceNames } from "./binding-fields.tsx";
import { bindingText } from "./binding-text.ts";

/** Entries whose secret may be typed at this device: bound to it, or to a pattern, which the worker looks at [S67]. */
export function typableEntries(entries: readonly VaultEntryView[], device: string): readonly VaultEntryView[] {
  return entries.filter(
    ({ kind, bindings }) => kind !== "key" && bindings.some((one) => one.kind === "pattern" || one.device === device),
  );
}

/** Puts a secret of the vault at the cursor, without Enter; the page itself never gets it [S91] [S72]. */
export function SecretSheet({ device, onClose }: { device: string; onClose: () => void }) {
  const dispatch = useDispatch();
  const devices = useDeviceNames();
  const entries = typableEntries(useView("vault")?.entries ?? [], device);
  const [error, setError] = useState<ErrorPayload>();
  const insert = async (entry: string): Promise<void> => {
    const result = await dispatch(secretCommands.typeSecret(device, entry));
    if (result.ok) onClose();
    else setError(result.error);
  };
  return (
    <Sheet icon="denied" onClose={onClose} testId="secrets" title="Insert a secret">
      <p>
        It is typed at the cursor, without Enter. Look at the prompt first: where the device echoes, it can be read.
      </p>
      <ErrorNote error={error} />
      <ul className="rs-secret-list">
        {entries.map(({ id, name, bindings }) => (
          <li key={id}>
            <div>
              <strong>
                <DeviceText max={128} text={name} />
              </strong>
              <span className="rs-muted">{bindings.map((one) => bindingText(one, devices)).join(", ")}</span>
            </div>
            <Button label={`Insert ${escapeDeviceText(name, 128)}`} icon="terminal" onClick={() => void insert(id)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
