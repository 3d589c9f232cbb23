import type { Result } from "#protocol/local-messages.ts";
import type { SecretBinding } from "#protocol/local-secrets.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { Credentials } from "../credentials.ts";
import { wayOf } from "../keys/bound-way.ts";
import { utf8 } from "../keys/bytes.ts";
import { movedFrom } from "../keys/login-choices.ts";
import type { SecretsDesk } from "./secrets-desk.ts";
import { refused, type Vault } from "./vault.ts";
import type { BoundTarget } from "./vault-entry.ts";

/** The device itself, as bindings see it. */
function targetOf({ id, target }: DeviceRecord): BoundTarget {
  const { host, port, user } = target;
  return { device: id, host, port, user };
}

/**
 * The password that opened the device goes into the vault, if the person wanted that, and is chosen from now on. Gives why
 * it could not be saved.
 */
export async function saveLogin(
  secrets: Pick<SecretsDesk, "vault" | "choices">,
  credentials: Credentials,
  record: DeviceRecord | undefined,
  at: number,
): Promise<ErrorPayload | undefined> {
  const secret = record && credentials.takeToSave(record.id);
  if (record === undefined || secret === undefined) return undefined;
  const { vault, choices } = secrets;
  const { choice, moved } = choices.for(record.id, wayOf(record.target));
  const { host, port, user } = record.target;
  const name = `${user} at ${record.label}`.slice(0, 128);
  const bindings = [{ kind: "device" as const, device: record.id, at: { host, port, user } }];
  // An entry that other devices use as well stays as it is: this password was right for this one only.
  const own = vault.entries.find(({ id }) => id === choice.password);
  const known = own !== undefined && isOnlyOf(own.bindings, record.id) ? own.id : undefined;
  const stored = await vault.put({ kind: "password", name, bindings, at, user, secret }, known);
  // The login of another target stays, with its keys, until the person says that it moved here.
  if (!stored.ok) return stored.error;
  if (moved !== undefined) return undefined;
  const kept = { password: stored.value, bound: wayOf(record.target) };
  if (choice.once === true) {
    await choices.set(record.id, { ...choice, ...kept });
    return undefined;
  }
  // Another tab may have chosen meanwhile: that stays, unless it is for another target.
  await choices.change(record.id, (now) =>
    movedFrom(now, kept.bound) === undefined ? { ...now, ...kept } : undefined,
  );
  return undefined;
}

function isOnlyOf(bindings: readonly SecretBinding[], device: string): boolean {
  return bindings.every((binding) => binding.kind === "device" && binding.device === device);
}

/** What a prompt must not get with a secret: an Enter, or anything else that acts [S91]. */
const CONTROL = /\p{Cc}/gu;

/** Types an entry's secret into the device's terminal: not shown, not run, and only where the entry is bound [S67]. */
export async function typeSecret(
  vault: Vault,
  record: DeviceRecord | undefined,
  entry: string,
  terminal: { typeSecret(bytes: Uint8Array): boolean } | undefined,
): Promise<Result> {
  if (vault.phase !== "unlocked") return refused("vault_locked");
  const found = record && (await vault.use(entry, targetOf(record)));
  if (found === undefined || !("secret" in found)) return refused("vault_unbound");
  const bytes = utf8(found.secret.replaceAll(CONTROL, ""));
  return terminal?.typeSecret(bytes) === true ? { ok: true } : refused("not_open");
}
