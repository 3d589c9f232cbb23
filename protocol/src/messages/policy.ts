import * as v from "valibot";
import { Sid } from "../ids.ts";
import { linkMessage } from "./envelope.ts";
import { HostKey, Target } from "./target.ts";

const Address = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.regex(/^[^\s\p{C}]+$/u));
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const Label = v.pipe(v.string(), v.maxLength(128), v.regex(/^[^\p{C}]*$/u));

/** Adds exactly this address and port to the rules [S34]; who may do it says S16. */
export const AllowTarget = linkMessage("allow_target", v.object({ address: Address, port: Port, label: Label }));
export const TargetAllowed = linkMessage("target_allowed", v.object({ address: Address, port: Port, label: Label }));

/** The vault of this client was unlocked just now, by passphrase or passkey: stands for a role where there are none [S16]. */
export const VaultUnlocked = linkMessage("vault_unlocked", v.object({}));

/** Sessions that the rules of now would not allow [S38]: all users', so for who may change the policy only. */
export const ListUnfit = linkMessage("list_unfit", v.object({}));
/** Ends one of them; answered with the list as it is then. */
export const EndUnfit = linkMessage("end_unfit", v.object({ sid: Sid }));
export const UnfitSessions = linkMessage(
  "unfit_sessions",
  v.object({
    sessions: v.pipe(
      v.array(
        v.object({
          sid: Sid,
          user: v.string(),
          label: v.string(),
          target: Target,
          /** Of the hop that no longer fits. */
          address: v.string(),
          class: v.string(),
        }),
      ),
      v.maxLength(256),
    ),
  }),
);

/**
 * Replaces a changed host key: `typed` are the last 6 characters of the new fingerprint as read on the device's console
 * [S48]. Only a key that this proxy met and refused in the last half hour can be named.
 */
export const ReplaceHostKey = linkMessage(
  "replace_host_key",
  v.object({
    host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
    port: Port,
    offered: v.pipe(v.string(), v.regex(/^SHA256:[A-Za-z0-9+/]{43}$/)),
    typed: v.pipe(v.string(), v.maxLength(64)),
  }),
);
/** Accepted: the next connect may show this key; the proxy stores it when the handshake proved it [S46]. */
export const HostKeyReplaced = linkMessage(
  "host_key_replaced",
  v.object({ host: v.string(), port: Port, host_key: HostKey }),
);
