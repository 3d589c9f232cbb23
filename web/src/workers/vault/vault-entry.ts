import * as v from "valibot";
import { isSameHost } from "../keys/bound-way.ts";

/** Longest secret text: the limit of an answer on the wire. */
const SECRET_MAX_CHARS = 4_096;
const NAME_MAX_CHARS = 128;
const BINDINGS_MAX = 32;

/** The device's address and user when it was bound: the list comes from the proxy, and may say another one by now [S47]. */
const At = v.object({
  host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  user: v.pipe(v.string(), v.maxLength(256)),
});

/**
 * Where an entry may be used, and nowhere else [S67]: one device of the list, at the address it had then, or what matches a pattern of host (with `*`
 * for any characters), port and user; absent fields match everything.
 */
export const Binding = v.variant("kind", [
  v.object({ kind: v.literal("device"), device: v.pipe(v.string(), v.maxLength(64)), at: v.optional(At) }),
  v.object({
    kind: v.literal("pattern"),
    host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
    port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
    user: v.optional(v.pipe(v.string(), v.maxLength(256))),
  }),
]);
export type Binding = v.InferOutput<typeof Binding>;

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_MAX_CHARS));
const Bindings = v.pipe(v.array(Binding), v.minLength(1), v.maxLength(BINDINGS_MAX));
const Jwk = v.looseObject({ kty: v.picklist(["OKP", "EC", "RSA"]) });
/** `at`: when it was changed last, epoch ms. */
const common = { name: Name, bindings: Bindings, at: v.number() };
const Secret = v.pipe(v.string(), v.maxLength(SECRET_MAX_CHARS));

/**
 * What the vault holds, sealed as a whole: names and bindings are nobody's business either. `password` may carry the user
 * name it goes with; `enable` is a device's second secret; `snippet` is text that is inserted, never run.
 */
export const VaultEntry = v.variant("kind", [
  v.object({
    kind: v.picklist(["password"]),
    ...common,
    user: v.optional(v.pipe(v.string(), v.maxLength(256))),
    secret: Secret,
  }),
  v.object({ kind: v.picklist(["enable"]), ...common, secret: Secret }),
  v.object({ kind: v.picklist(["snippet"]), ...common, secret: Secret }),
  v.object({
    kind: v.picklist(["key"]),
    ...common,
    jwk: Jwk,
    comment: v.pipe(v.string(), v.maxLength(256)),
  }),
]);
export type VaultEntry = v.InferOutput<typeof VaultEntry>;
export type EntryKind = VaultEntry["kind"];

/** What may be known of an entry while the vault is open: all but the secret. */
export type EntryFacts = {
  id: string;
  kind: EntryKind;
  name: string;
  bindings: readonly Binding[];
  at: number;
  user?: string;
};

export function factsOf(id: string, entry: VaultEntry): EntryFacts {
  const { kind, name, bindings, at } = entry;
  const user = entry.kind === "password" ? entry.user : undefined;
  return { id, kind, name, bindings, at, ...(user === undefined ? {} : { user }) };
}

/** An entry as it was sealed; undefined when it is none, or of another kind than its record says. */
export function readEntry(plain: Uint8Array, kind: string): VaultEntry | undefined {
  const entry = v.safeParse(VaultEntry, parsed(plain));
  return entry.success && entry.output.kind === kind ? entry.output : undefined;
}

function parsed(plain: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return undefined;
  }
}

/** The person or machine that a secret would be shown to. `device`: its id in the user's list, for the device itself. */
export type BoundTarget = { device?: string | undefined; host: string; port: number; user: string };

/** Whether an entry may be used there [S67]. Pure; every use asks it. */
export function isBoundTo(bindings: readonly Binding[], target: BoundTarget): boolean {
  return bindings.some((binding) => {
    if (binding.kind === "device") {
      const { device, at } = binding;
      return device === target.device && at !== undefined && isSameHost(at, target);
    }
    if (binding.port !== undefined && binding.port !== target.port) return false;
    if (binding.user !== undefined && binding.user !== target.user) return false;
    return matchesHost(binding.host, target.host);
  });
}

/** Without a regular expression: a pattern with many stars must not take for ever. */
function matchesHost(pattern: string, host: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  const text = host.toLowerCase();
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
