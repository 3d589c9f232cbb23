import type { LoginChoice } from "#bridge/types.ts";

/** Nothing chosen: the device asks. */
export const NO_LOGIN: LoginChoice = { keys: [], via_keys: [], sign_hidden: false };

/** The chosen ids with `id` at this place instead; undefined takes the place away, one place more than there are adds. */
export function withPick(ids: readonly string[], at: number, id: string | undefined): string[] {
  const before = ids.slice(0, at);
  const after = ids.slice(at + 1);
  // What moves to another place is not chosen twice.
  return id === undefined ? [...before, ...after] : [...before.filter(other(id)), id, ...after.filter(other(id))];
}

const other =
  (id: string) =>
  (one: string): boolean =>
    one !== id;

/** The keys for one jump host, of `hops` on the way. */
export function withHopKeys(choice: LoginChoice, hops: number, at: number, keys: readonly string[]): LoginChoice {
  const via_keys = Array.from({ length: hops }, (_, hop) => (hop === at ? keys : (choice.via_keys[hop] ?? [])));
  return { ...choice, via_keys };
}

/** The vault's entry for one jump host, of `hops` on the way. */
export function withHopPassword(choice: LoginChoice, hops: number, at: number, entry: string | undefined): LoginChoice {
  const before = choice.via_passwords ?? [];
  const via_passwords = Array.from({ length: hops }, (_, hop) =>
    hop === at ? (entry ?? null) : (before[hop] ?? null),
  );
  return { ...choice, via_passwords };
}

/** Without one jump host: the logins of those behind it move up with them. */
export function withoutHop(choice: LoginChoice, at: number): LoginChoice {
  const { via_passwords } = choice;
  return {
    ...choice,
    via_keys: choice.via_keys.filter((_, hop) => hop !== at),
    ...(via_passwords === undefined ? {} : { via_passwords: via_passwords.filter((_, hop) => hop !== at) }),
  };
}
