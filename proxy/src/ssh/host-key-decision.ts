import type { HostKey } from "#protocol/messages/target.ts";
import { sameKey } from "./host-key.ts";

/** What one store says about a target's key [S44]. */
export type StoreVerdict = "same" | "none" | "other" | "revoked";

export type HostKeyDecision =
  | { kind: "go"; learn: boolean }
  | { kind: "ask"; knownSince: string | undefined }
  | { kind: "fail"; code: "host_key_unknown" | "host_key_changed"; reason?: "revoked" | "first_use_off" };

/** The page's pins against the key that came. Any pin that differs makes it `other`, unless one matches. */
export function pinVerdict(pins: readonly HostKey[], key: HostKey): StoreVerdict {
  if (pins.length === 0) return "none";
  return pins.some((pin) => sameKey(pin, key)) ? "same" : "other";
}

/**
 * The decision table for one host key [S44]. B is the client's store (its pins came with the request), P the proxy's.
 * P learns only after the handshake proved the key [S46]; that is the caller's part.
 */
export function decideHostKey(input: {
  b: StoreVerdict;
  p: StoreVerdict;
  knownSince?: string | undefined;
  canAsk: boolean;
  firstUse: boolean;
}): HostKeyDecision {
  const { b, p, canAsk, firstUse, knownSince } = input;
  if (b === "revoked" || p === "revoked") return { kind: "fail", code: "host_key_changed", reason: "revoked" };
  if (b === "other" || p === "other") return { kind: "fail", code: "host_key_changed" };
  if (b === "same") return { kind: "go", learn: p === "none" };
  if (!canAsk) return { kind: "fail", code: "host_key_unknown" };
  if (p === "none" && !firstUse) return { kind: "fail", code: "host_key_unknown", reason: "first_use_off" };
  return { kind: "ask", knownSince: p === "same" ? knownSince : undefined };
}
