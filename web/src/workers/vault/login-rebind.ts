import type { Result } from "#protocol/local-messages.ts";
import type { BoundWay, SecretBinding } from "#protocol/local-secrets.ts";
import { isSameHost } from "../keys/bound-way.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { LoginChoices } from "../keys/login-choices.ts";
import { refused, type Vault } from "./vault.ts";

type Secrets = {
  vault: Pick<Vault, "entries" | "change">;
  keys: Pick<KeyRing, "refresh">;
  choices: Pick<LoginChoices, "rebind" | "isAt">;
};
/** `from`: where the person saw that it was bound; null: no address was noted. */
type Move = { of: string; from: BoundWay | null; to: BoundWay };

/**
 * What was bound to the device at `from` is bound to it at `to`; what was bound for any other host stays where it was
 * chosen for [S67]. The vault's entries first: a choice without them is of no use.
 */
export async function rebindLogin({ vault, keys, choices }: Secrets, move: Move, now: number): Promise<Result> {
  const { of, from, to } = move;
  // Another tab moved it, or chose anew, while the person looked at these two addresses.
  if (!choices.isAt(of, [from, to])) return refused("login_elsewhere");
  const at = { host: to.host, port: to.port, user: to.user };
  const moved = <B extends SecretBinding>(one: B): B => (isOf(one, move) ? { ...one, at } : one);
  const wanted = vault.entries.filter(({ bindings }) => bindings.some((one) => isOf(one, move)));
  let done = 0;
  for (const { id } of wanted) {
    const changed = await vault.change(id, (entry) => ({ ...entry, bindings: entry.bindings.map(moved), at: now }));
    // Removed in another tab meanwhile: nothing of it is left to move.
    if (!changed.ok && changed.error.reason === "vault_entry_gone") continue;
    if (changed.ok) {
      done += 1;
      continue;
    }
    await keys.refresh();
    const detail = `${done} of the ${wanted.length} entries of the vault that are bound to the old address were moved.`;
    return { ok: false, error: { ...changed.error, detail } };
  }
  await keys.refresh();
  return (await choices.rebind(of, from, to)) ? { ok: true } : refused("login_elsewhere");
}

function isOf(binding: SecretBinding, { of, from, to }: Move): boolean {
  if (binding.kind !== "device" || binding.device !== of) return false;
  if (binding.at === undefined || from === null) return binding.at === undefined && from === null;
  return isSameHost(binding.at, from) && !isSameHost(binding.at, to);
}
