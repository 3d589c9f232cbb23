import { useView } from "#bridge/hooks.ts";
import { PROXY_AGENT } from "#bridge/secret-commands.ts";
import type { LoginChoice } from "#bridge/types.ts";
import { Switch } from "../primitives/field.tsx";
import { KeyPicks } from "./key-picks.tsx";
import { withHopKeys, withHopPassword } from "./login-picks.ts";
import { VaultPassword } from "./vault-password.tsx";

type LoginFieldsProps = { hops: readonly string[]; choice: LoginChoice; onChange: (choice: LoginChoice) => void };

/** How this tablet logs in to a device and to the jump hosts before it: keys, a password of the vault, or by asking. */
export function LoginFields({ hops, choice, onChange }: LoginFieldsProps) {
  const noKeys = useView("ssh_keys")?.keys.length === 0;
  const named = (hop: string, at: number): string => `jump host ${at + 1}${hop === "" ? "" : `, ${hop}`}`;
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">Login on this tablet</legend>
      <KeyPicks
        chosen={choice.keys}
        hint={noKeys ? "Keys are made in Settings" : "Best one key: devices count every one that fails"}
        label="Key"
        onChange={(keys) => onChange({ ...choice, keys })}
      />
      <VaultPassword
        entry={choice.password}
        label="Password"
        onChange={(entry) => {
          const { password: _old, ...rest } = choice;
          onChange(entry === undefined ? rest : { ...rest, password: entry });
        }}
      />
      {hops.map((hop, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hop is known by its place on the way
        <div className="rs-form" key={at}>
          <KeyPicks
            chosen={choice.via_keys[at] ?? []}
            label={`Key for ${named(hop, at)}`}
            onChange={(keys) => onChange(withHopKeys(choice, hops.length, at, keys))}
          />
          <VaultPassword
            entry={choice.via_passwords?.[at] ?? undefined}
            label={`Password for ${named(hop, at)}`}
            onChange={(entry) => onChange(withHopPassword(choice, hops.length, at, entry))}
          />
        </div>
      ))}
      {choice.keys.some((id) => id !== PROXY_AGENT) ? (
        <Switch
          checked={choice.sign_hidden}
          hint="For telemetry that reconnects in the background, until the vault locks. Off: keys sign only while this page is visible"
          label="Sign for this device while the app is hidden"
          onChange={(sign_hidden) => onChange({ ...choice, sign_hidden })}
        />
      ) : null}
    </fieldset>
  );
}
