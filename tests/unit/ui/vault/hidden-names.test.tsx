import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";

/** What turns the rest of a line around; a key file brings its comment as a name. */
const TURNED = "gnp\u202Eexe";
const key = {
  id: "k",
  name: TURNED,
  type: "ssh-ed25519",
  public_key: "AAAA",
  sha256: "SHA256:x",
  at: 1,
  imported: true,
};
const entry = {
  id: "e",
  kind: "password" as const,
  name: TURNED,
  bindings: [{ kind: "pattern" as const, host: "*" }],
  at: 1,
};
const views: Readonly<Record<string, unknown>> = {
  ssh_keys: { keys: [key], kinds: ["ed25519"] },
  vault: { phase: "unlocked", entries: [entry], unreadable: [], passkeys: [], keep_panels: false },
  catalog: { records: [] },
};
vi.stubGlobal("location", new URL("https://rack.example/"));
vi.stubGlobal("navigator", {});
vi.mock("#bridge/hooks.ts", () => ({
  useView: (name: string) => views[name],
  useViewSelector: (name: string, select: (view: unknown) => unknown) => select(views[name]),
  useDispatch: () => async () => ({ ok: true }),
}));

const { KeysSection } = await import("#ui/settings/keys-section.tsx");
const { VaultSection } = await import("#ui/settings/vault-section.tsx");
const { KeyPicks } = await import("#ui/connect/key-picks.tsx");
const { VaultPassword } = await import("#ui/connect/vault-password.tsx");
const { KeySheet } = await import("#ui/vault/key-sheet.tsx");
const { EntrySheet } = await import("#ui/vault/entry-sheet.tsx");
const { SecretSheet } = await import("#ui/vault/secret-sheet.tsx");
const none = (): void => {};

test.each([
  ["the list of keys", () => <KeysSection />],
  ["the list of entries", () => <VaultSection />],
  ["the choice of a key", () => <KeyPicks chosen={["k"]} label="Key" onChange={none} />],
  ["the choice of a password", () => <VaultPassword entry="e" label="Password" onChange={none} />],
  ["the secrets to insert", () => <SecretSheet device="d" onClose={none} />],
  ["a key's title", () => <KeySheet onClose={none} shown={{ ...key, public_key: "" }} />],
])("[S86] names with hidden characters are shown with them visible in %s", (_where, made) => {
  const shown = renderToStaticMarkup(made());
  expect(shown).toContain("gnp&lt;U+202E&gt;exe");
  // What a person edits is the name itself.
  expect(shown.replaceAll(/value="[^"]*"/g, "")).not.toContain(TURNED);
});

test("[S86] the title of an entry has no hidden characters", () => {
  const shown = renderToStaticMarkup(<EntrySheet entry={entry} onClose={none} />);
  expect(shown.replaceAll(/value="[^"]*"/g, "")).not.toContain(TURNED);
});
