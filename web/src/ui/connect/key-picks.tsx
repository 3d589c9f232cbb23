import { useView } from "#bridge/hooks.ts";
import { AGENT_FEATURE, KEYS_PER_HOP_MAX, PROXY_AGENT } from "#bridge/secret-commands.ts";
import { SelectField } from "../primitives/field.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { withPick } from "./login-picks.ts";

const NONE = "";

type KeyPicksProps = { label: string; chosen: readonly string[]; hint?: string; onChange: (ids: string[]) => void };

/** The keys for one host, in the order in which they are tried: one field for each, and one more to add another. */
export function KeyPicks({ label, chosen, hint, onChange }: KeyPicksProps) {
  const keys = useView("ssh_keys")?.keys ?? [];
  const hasAgent = useView("link")?.features?.includes(AGENT_FEATURE) === true;
  const nameOf = (id: string): string => {
    if (id === PROXY_AGENT) return "Agent of the proxy’s host";
    const key = keys.find((one) => one.id === id);
    return key === undefined
      ? "A key that is not at hand now"
      : `${escapeDeviceText(key.name, 128)} (${escapeDeviceText(key.type)})`;
  };
  const offered = [...keys.map(({ id }) => id), ...(hasAgent ? [PROXY_AGENT] : [])];
  const left = offered.filter((id) => !chosen.includes(id));
  const fields =
    chosen.length < KEYS_PER_HOP_MAX && (left.length > 0 || chosen.length === 0) ? [...chosen, NONE] : chosen;
  return fields.map((id, at) => (
    <SelectField
      choices={[
        { value: NONE, label: at === 0 ? "No key" : id === NONE ? "No other key" : "Take this one away" },
        ...[...(id === NONE ? [] : [id]), ...left].map((one) => ({ value: one, label: nameOf(one) })),
      ]}
      // biome-ignore lint/suspicious/noArrayIndexKey: a field is known by its place in the order
      key={at}
      {...(at === 0 && hint !== undefined ? { hint } : {})}
      {...(at > 0 ? { hint: "Devices count every key that fails; many end the login after six tries" } : {})}
      label={at === 0 ? label : `${label}, try ${at + 1}`}
      onChange={(picked) => onChange(withPick(chosen, at, picked === NONE ? undefined : picked))}
      value={id}
    />
  ));
}
