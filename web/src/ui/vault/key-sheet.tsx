import { useState } from "react";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { ErrorPayload, SshKeyView } from "#bridge/types.ts";
import { type KeyPlatform, publicKeyLines } from "#telemetry/knowledge/public-key-lines.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { SelectField, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { CopyButton } from "../text/copy-button.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";

/** A key's public half in the form of each platform; renaming and deleting it [S52]. */
export function KeySheet({ shown, onClose }: { shown: SshKeyView; onClose: () => void }) {
  const dispatch = useDispatch();
  const [platform, setPlatform] = useState<KeyPlatform>("linux");
  const [user, setUser] = useState("");
  const [name, setName] = useState(shown.name);
  const [deleting, setDeleting] = useState(false);
  const [error, setError] = useState<ErrorPayload>();
  const all = publicKeyLines({ type: shown.type, base64: shown.public_key, comment: shown.name }, user.trim());
  const lines = all.find((one) => one.platform === platform);
  const rename = async (): Promise<void> => {
    const result = await dispatch(secretCommands.renameKey(shown.id, name));
    setError(result.ok ? undefined : result.error);
  };
  const remove = async (): Promise<void> => {
    const result = await dispatch(secretCommands.removeKey(shown.id));
    if (result.ok) onClose();
    else setError(result.error);
  };
  return (
    <Dialog
      footer={
        deleting ? (
          <>
            <Button autoFocus onClick={() => setDeleting(false)}>
              Keep it
            </Button>
            <Button icon="remove" onClick={() => void remove()} variant="danger">
              Delete the key
            </Button>
          </>
        ) : (
          <>
            <Button icon="remove" onClick={() => setDeleting(true)} variant="ghost">
              Delete…
            </Button>
            <Button onClick={onClose} variant="primary">
              Done
            </Button>
          </>
        )
      }
      icon="gated"
      onClose={onClose}
      title={escapeDeviceText(shown.name, 128)}
      width="560px"
    >
      <div className="rs-form">
        {deleting ? (
          <Callout title="Delete this key?" tone="warn">
            <p>It is gone for good. Devices go on trusting its public half until it is removed there.</p>
          </Callout>
        ) : null}
        <ErrorNote error={error} />
        <p className="rs-selectable">
          {shown.type}
          <code className="rs-code-line">{shown.sha256}</code>
        </p>
        <div className="rs-form-row">
          <SelectField
            choices={all.map((one) => ({ value: one.platform, label: one.title }))}
            label="Public key for"
            onChange={setPlatform}
            value={platform}
          />
          {platform === "linux" ? null : (
            <TextField
              label="User on the device"
              maxLength={64}
              mono
              onChange={setUser}
              placeholder="USER"
              value={user}
            />
          )}
        </div>
        {lines === undefined ? null : (
          <>
            {lines.warn ? (
              <Callout title={`${lines.title} may not take this key`} tone="warn">
                <p>{lines.note}</p>
              </Callout>
            ) : (
              <p className="rs-muted">{lines.note}</p>
            )}
            <section aria-label={`Public key for ${lines.title}`}>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls has to be reachable with keys */}
              <pre className="rs-key-text" tabIndex={0}>
                {lines.text}
              </pre>
            </section>
            <div className="rs-btn-row">
              <CopyButton label="Copy" text={lines.text} />
            </div>
          </>
        )}
        <div className="rs-form-row">
          <TextField label="Name" maxLength={128} onChange={setName} value={name} />
        </div>
        <div className="rs-btn-row">
          <Button
            disabledReason={name.trim() === "" || name === shown.name ? "The name is the same" : undefined}
            icon="edit"
            onClick={() => void rename()}
          >
            Rename
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
