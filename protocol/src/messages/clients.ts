import * as v from "valibot";
import { ClientId } from "../ids.ts";
import { linkMessage } from "./envelope.ts";

/** How a client is called: shown, so without characters that change what stands around it. */
export const ClientLabel = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(128),
  v.regex(/^[^\p{Cc}\p{Cf}]*$/u),
);

/** Paired clients: those of the user, or all where the user is an administrator [S11]. */
export const ListClients = linkMessage("list_clients", v.object({}));
export const RenameClient = linkMessage("rename_client", v.object({ client_id: ClientId, label: ClientLabel }));
/** `end_sessions`: its sessions end too; otherwise they stay detached for their owner. */
export const RevokeClient = linkMessage("revoke_client", v.object({ client_id: ClientId, end_sessions: v.boolean() }));
/** Answers each of the three above. */
export const Clients = linkMessage(
  "clients",
  v.object({
    clients: v.array(
      v.object({
        client_id: ClientId,
        label: v.string(),
        user: v.string(),
        /** Epoch ms. */
        paired: v.number(),
        last_seen: v.number(),
        last_addr: v.string(),
        /** Fingerprint of the client's key. */
        key: v.string(),
        /** Whether it has a link now. */
        online: v.boolean(),
        /** Whether it is the one that asks. */
        this: v.boolean(),
      }),
    ),
    /** How many are not shown, for want of room. */
    more: v.number(),
  }),
);

/** A new pairing secret for the same user: only a paired client may ask for one [S6]. */
export const CreatePairing = linkMessage("create_pairing", v.object({}));
export const Pairing = linkMessage(
  "pairing",
  v.object({
    /** With the secret in its fragment; for a QR code [S4]. */
    url: v.string(),
    /** To be typed, as it is shown [S5]. */
    code: v.string(),
    expires_in_s: v.number(),
  }),
);
