import { useView } from "#bridge/hooks.ts";
import { SelectField } from "../primitives/field.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";

const NONE = "";

type VaultPasswordProps = { label: string; entry: string | undefined; onChange: (entry: string | undefined) => void };

/** Which entry of the vault has the password of a host; it is given only where it may be used [S67]. */
export function VaultPassword({ label, entry, onChange }: VaultPasswordProps) {
  const vault = useView("vault");
  const passwords = (vault?.entries ?? []).filter(({ kind }) => kind === "password");
  const known = entry === undefined || passwords.some(({ id }) => id === entry);
  return (
    <SelectField
      choices={[
        { value: NONE, label: "Ask each time" },
        ...passwords.map(({ id, name }) => ({ value: id, label: escapeDeviceText(name, 128) })),
        ...(known ? [] : [{ value: entry, label: "An entry of the locked vault" }]),
      ]}
      hint={
        vault?.phase === "unlocked" ? "Used only where the entry may be used" : "Entries show while the vault is open"
      }
      label={label}
      onChange={(id) => onChange(id === NONE ? undefined : id)}
      value={entry ?? NONE}
    />
  );
}
