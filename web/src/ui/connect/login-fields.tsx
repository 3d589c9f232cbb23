import { useView } from "#bridge/hooks.ts";
import { AGENT_FEATURE, PROXY_AGENT } from "#bridge/secret-commands.ts";
import type { LoginChoice } from "#bridge/types.ts";
import { SelectField, Switch } from "../primitives/field.tsx";

const NONE = "";

type LoginFieldsProps = { hops: readonly string[]; choice: LoginChoice; onChange: (choice: LoginChoice) => void };

/** How this tablet logs in to a device and to the jump hosts before it: a key, a password of the vault, or by asking. */
export function LoginFields({ hops, choice, onChange }: LoginFieldsProps) {
  const keys = useView("ssh_keys")?.keys ?? [];
  const vault = useView("vault");
  const passwords = (vault?.entries ?? []).filter(({ kind }) => kind === "password");
  const hasAgent = useView("link")?.features?.includes(AGENT_FEATURE) === true;
  const known = (id: string | undefined): boolean => id === PROXY_AGENT || keys.some((key) => key.id === id);
  const keyChoices = (chosen: string | undefined) => [
    { value: NONE, label: "No key" },
    ...keys.map(({ id, name, type }) => ({ value: id, label: `${name} (${type})` })),
    ...(hasAgent || chosen === PROXY_AGENT ? [{ value: PROXY_AGENT, label: "Agent of the proxy’s host" }] : []),
    ...(chosen === undefined || known(chosen) ? [] : [{ value: chosen, label: "A key that is not at hand now" }]),
  ];
  const [own] = choice.keys;
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">Login on this tablet</legend>
      <SelectField
        choices={keyChoices(own)}
        hint={keys.length === 0 ? "Keys are made in Settings" : "One key: devices count every one that fails"}
        label="Key"
        onChange={(id) => onChange({ ...choice, keys: id === NONE ? [] : [id] })}
        value={own ?? NONE}
      />
      <SelectField
        choices={[
          { value: NONE, label: "Ask each time" },
          ...passwords.map(({ id, name }) => ({ value: id, label: name })),
          ...(choice.password === undefined || passwords.some(({ id }) => id === choice.password)
            ? []
            : [{ value: choice.password, label: "An entry of the locked vault" }]),
        ]}
        hint={
          vault?.phase === "unlocked" ? "Used only where the entry may be used" : "Entries show while the vault is open"
        }
        label="Password"
        onChange={(id) => {
          const { password: _old, ...rest } = choice;
          onChange(id === NONE ? rest : { ...rest, password: id });
        }}
        value={choice.password ?? NONE}
      />
      {hops.map((hop, at) => (
        <SelectField
          choices={keyChoices(choice.via_keys[at]?.[0])}
          // biome-ignore lint/suspicious/noArrayIndexKey: a hop is known by its place on the way
          key={at}
          label={`Key for jump host ${at + 1}${hop === "" ? "" : `, ${hop}`}`}
          onChange={(id) =>
            onChange({
              ...choice,
              via_keys: hops.map((_, index) =>
                index === at ? (id === NONE ? [] : [id]) : (choice.via_keys[index] ?? []),
              ),
            })
          }
          value={choice.via_keys[at]?.[0] ?? NONE}
        />
      ))}
      {own === undefined || own === PROXY_AGENT ? null : (
        <Switch
          checked={choice.sign_hidden}
          hint="For telemetry that reconnects in the background. Off: the key signs only while this page is visible"
          label="Sign for this device while the app is hidden"
          onChange={(sign_hidden) => onChange({ ...choice, sign_hidden })}
        />
      )}
    </fieldset>
  );
}
