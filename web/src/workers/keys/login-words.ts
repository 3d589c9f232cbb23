import type { BoundWay } from "#protocol/local-secrets.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { wayOf, wayText } from "./bound-way.ts";
import type { SignRefusal } from "./sign-gate.ts";

/** A question that no honest proxy asks. */
export const KEY_REFUSED =
  "The proxy asked to trust another host key than the one that this tablet knows for the host, or the key of a host that is not on the way. It was refused.";

/** The login was chosen for another target than the list gives now [S47] [S67]. */
export function loginMoved(chosen: BoundWay | "unknown", { label, target }: DeviceRecord): ErrorPayload {
  const before = chosen === "unknown" ? "an address that was not noted" : wayText(chosen);
  return {
    code: "invalid",
    reason: "login_moved",
    retry: "user",
    detail: `How this tablet logs in to ${label} was chosen for ${before}; the list now says ${wayText(wayOf(target))}. Nothing of it was offered. If the device is really there now, confirm it in the device's settings.`,
  };
}

/** In the person's words; the code of each check stands in the audit. */
export const REFUSALS: Readonly<Record<SignRefusal, string>> = {
  no_attempt: "The proxy asked for a signature without a connection attempt of this tablet. Nothing was signed.",
  attempt_old:
    "The proxy asked for a signature more than two minutes after the connection attempt. Nothing was signed.",
  hidden: "A signature was asked for while the app was hidden. Nothing was signed.",
  locked: "A signature was asked for while the vault was locked. Unlock it and connect again.",
  hop: "The proxy asked for a signature for a host that is not on the way to this device. Nothing was signed.",
  host_unproven: "A signature was asked for before the host had proved its key. Nothing was signed.",
  too_many: "The host asked for a fourth signature in one attempt. Nothing more was signed.",
  key: "A signature with a key was asked for that was not offered. Nothing was signed.",
  algorithm: "A signature was asked for with an algorithm that this key must not be used with. Nothing was signed.",
  session_id: "What was to be signed belongs to another session. Nothing was signed.",
  user: "What was to be signed is for another user. Nothing was signed.",
  blob: "What was to be signed is not a login to this host. Nothing was signed.",
};
