import type { Down } from "#protocol/down.ts";
import type { ReplaceKeyCommand, Result } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { ProxyRequests } from "../proxy-requests.ts";
import { fromBase64 } from "./bytes.ts";
import { isConsistent } from "./host-proof.ts";
import type { TabletPins } from "./tablet-pins.ts";

/** Characters of the fingerprint's end that a person reads on the device's console [S48]. */
const TYPED_CHARS = 6;
const MISTYPED: ErrorPayload = { code: "host_key_changed", reason: "mistyped", retry: "user" };
const NOT_MEANT: ErrorPayload = { code: "device_misbehaved", reason: "bad_signature", retry: "user" };

/**
 * Replaces a changed host key, at the proxy and on this tablet [S48]. What was typed, and that the answer is about the very
 * key that was meant, is checked here as well: the proxy's word alone changes no pin [S44].
 */
export async function replaceHostKey(
  { subtle, pins, requests }: { subtle: SubtleCrypto; pins: TabletPins; requests: Pick<ProxyRequests, "ask"> },
  { payload, ...message }: ReplaceKeyCommand,
): Promise<Result> {
  const { via = [], ...wish } = payload;
  if (wish.typed.trim() !== wish.offered.slice(-TYPED_CHARS)) return { ok: false, error: MISTYPED };
  const result = await requests.ask({ ...message, payload: wish });
  if (!result.ok) return result;
  const { host_key } = result.value as Down<"host_key_replaced">["payload"];
  const blob = fromBase64(host_key.key);
  const isMeant =
    host_key.sha256 === wish.offered && blob !== undefined && (await isConsistent(subtle, host_key, blob));
  if (!isMeant) return { ok: false, error: NOT_MEANT };
  await pins.replace({ host: wish.host, port: wish.port, via }, host_key);
  return result;
}
