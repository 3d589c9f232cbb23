/**
 * Requests about clients, pairing codes and the audit log. They come over the link, which proved the client's key: a cookie
 * alone changes nothing [S9]. Another user's client is answered as one that does not exist [S12].
 */
import { errorFrame, linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { Up } from "#protocol/up.ts";
import type { Audit } from "../audit/audit.ts";
import { pairUrl } from "../console-output.ts";
import { type Failure, failure, payloadOf } from "../failure.ts";
import { OWNER } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import { keyFingerprint } from "../sign-in/client-key.ts";
import type { ClientRecord } from "../sign-in/client-store.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import { shownCode } from "../sign-in/typed-code.ts";
import type { Link, LinkTable } from "./link-table.ts";

export type AdminMessage = Up<"list_clients" | "rename_client" | "revoke_client" | "create_pairing" | "list_audit">;
export type AdminParts = { signIn: SignIn; links: LinkTable; audit: Audit; pairingS: number; log: Log };

const UNKNOWN = failure("gone", "client");
/** Clients in one answer, those seen last first: they fit a control message. */
const CLIENTS_MAX = 64;
/** Room that the lines of an answer take at most; the rest of the 64 KiB is the envelope's. */
const PAGE_BYTES = 48 * 1024;

/** Answers one of these requests. */
export async function answerAdmin(parts: AdminParts, link: Link, message: AdminMessage): Promise<void> {
  const answer = await run(parts, link, message).catch((error: unknown) => {
    parts.log("error", "clients.not_stored", { error: error instanceof Error ? error.message : "unknown" });
    return failure("storage");
  });
  if (link.closed) return;
  link.send("code" in answer ? errorFrame("link", payloadOf(answer), { re: message.id }) : answer);
}

async function run(parts: AdminParts, link: Link, message: AdminMessage): Promise<Down | Failure> {
  switch (message.action) {
    case "list_clients":
      return clientsFrame(parts, link, message.id);
    case "rename_client":
      return rename(parts, link, message);
    case "revoke_client":
      return revoke(parts, link, message);
    case "create_pairing":
      return createPairing(parts, link, message.id);
    default:
      return auditPage(parts, link, message);
  }
}

function isAdministrator({ identity }: Link): boolean {
  return identity.roles.includes("administrator");
}

/** A client that this link may see, or undefined. */
function visible({ signIn }: AdminParts, link: Link): readonly ClientRecord[] {
  return signIn.admin.list(isAdministrator(link) ? undefined : link.user);
}

function who(link: Link) {
  return { user: link.user, client: link.clientId, addr: link.address };
}

function clientsFrame(parts: AdminParts, link: Link, re: string | undefined): Down {
  const all = visible(parts, link).toSorted((a, b) => b.last_seen - a.last_seen);
  // The one that asks is always among them.
  const shown = all.filter(({ client_id }, index) => index < CLIENTS_MAX || client_id === link.clientId);
  const clients = shown.map(({ client_id, label, user, paired, last_seen, last_addr, public_key }) => ({
    client_id,
    label,
    user,
    paired,
    last_seen,
    last_addr,
    key: keyFingerprint(public_key),
    online: parts.links.ofClient(client_id).length > 0,
    this: client_id === link.clientId,
  }));
  return linkFrame("clients", { clients, more: all.length - shown.length }, { re });
}

async function rename(parts: AdminParts, link: Link, { id, payload }: Up<"rename_client">): Promise<Down | Failure> {
  if (!visible(parts, link).some(({ client_id }) => client_id === payload.client_id)) return UNKNOWN;
  const wait = parts.signIn.admin.renameWait(link.clientId);
  if (wait > 0) return { ...failure("limit", "renames"), retry_after_s: wait };
  const done = await parts.signIn.admin.rename(payload.client_id, payload.label, who(link));
  return done ? clientsFrame(parts, link, id) : UNKNOWN;
}

async function revoke(parts: AdminParts, link: Link, { id, payload }: Up<"revoke_client">): Promise<Down | Failure> {
  if (!visible(parts, link).some(({ client_id }) => client_id === payload.client_id)) return UNKNOWN;
  const options = { by: who(link), endSessions: payload.end_sessions };
  return (await parts.signIn.admin.revoke(payload.client_id, options)) ? clientsFrame(parts, link, id) : UNKNOWN;
}

async function createPairing(parts: AdminParts, link: Link, re: string | undefined): Promise<Down | Failure> {
  const secret = await parts.signIn.newPairingBy(who(link));
  if (secret === undefined) return failure("limit", "pairings");
  const { origin } = link;
  const payload = { url: pairUrl(origin, secret), code: shownCode(secret.code), expires_in_s: parts.pairingS };
  return linkFrame("pairing", payload, { re });
}

async function auditPage(parts: AdminParts, link: Link, { id, payload }: Up<"list_audit">): Promise<Down> {
  // Refused strangers belong to nobody; where there is one user, they are that one's concern.
  const nobodys = link.user === OWNER && link.identity.source === "pairing";
  const page = await parts.audit.page({ user: link.user, nobodys, ...payload });
  let room = PAGE_BYTES;
  const fitting = page.entries.filter((entry) => {
    room -= Buffer.byteLength(JSON.stringify(entry));
    return room > 0;
  });
  const last = fitting.at(-1)?.seq;
  const next = fitting.length < page.entries.length ? last : page.next;
  return linkFrame("audit_page", { entries: [...fitting], ...(next === undefined ? {} : { next }) }, { re: id });
}
