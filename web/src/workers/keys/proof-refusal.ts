import type { ShellSessionId } from "#protocol/ids.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { ProofResult } from "./host-proof.ts";
import type { HopState } from "./login-attempt.ts";

/**
 * `failed`: for the proxy, which ends the connect by it, and for its audit. `note`: for the person at once, where it is a
 * reason to worry; telemetry that ends says by itself why.
 */
type Refusal = { failed?: string; note?: ErrorPayload };

/** Somebody in between may be lying: there is no way to see who. */
const MISBEHAVED: ErrorPayload = { code: "device_misbehaved", reason: "bad_signature", retry: "user" };

/** What is said of a proof that does not hold; empty when it holds [S47]. */
export function refusalOf(
  session_id: ShellSessionId,
  hop: Pick<HopState, "held"> | undefined,
  shown: HostKey,
  result: ProofResult,
): Refusal {
  if (hop === undefined) return { failed: "no_attempt", note: MISBEHAVED };
  if (result.ok) return {};
  const { failed } = result;
  // Telemetry asks nobody [S49]: a terminal that another tablet opened may be at a host that was never verified here.
  if (failed !== "not_pinned" || session_id === "ssh1") return { failed, note: MISBEHAVED };
  if (hop.held.length === 0) return { failed: "not_verified" };
  const host_keys = { known: hop.held.map(({ sha256 }) => sha256), offered: shown.sha256, type: shown.type };
  return { failed: "other_key", note: { code: "host_key_changed", retry: "user", host_keys } };
}
