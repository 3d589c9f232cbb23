import { linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { DownOf, WirePage } from "./wire-client.ts";
import { randomId } from "./wire-pairing.ts";

type Clients = DownOf<"clients">["payload"];
const withId = () => ({ id: randomId() });

/** Requests about clients, codes and the audit log, as a page sends them; an error is returned, not thrown. */
export const admin = {
  list: (page: WirePage): Promise<Down> => page.request(linkFrame("list_clients", {}, withId())),
  rename: (page: WirePage, client_id: string, label: string): Promise<Down> =>
    page.request(linkFrame("rename_client", { client_id, label }, withId())),
  revoke: (page: WirePage, client_id: string, end_sessions = false): Promise<Down> =>
    page.request(linkFrame("revoke_client", { client_id, end_sessions }, withId())),
  allowTarget: (page: WirePage, payload: { address: string; port: number; label: string }): Promise<Down> =>
    page.request(linkFrame("allow_target", payload, withId())),
  pairing: (page: WirePage): Promise<Down> => page.request(linkFrame("create_pairing", {}, withId())),
  audit: (page: WirePage, payload: { before?: number; prefix?: string; limit: number }): Promise<Down> =>
    page.request(linkFrame("list_audit", payload, withId())),
};

export async function clientsOf(page: WirePage): Promise<Clients["clients"]> {
  const answer = await admin.list(page);
  if (answer.action !== "clients") throw new Error(`list_clients: ${JSON.stringify(answer)}`);
  return answer.payload.clients;
}

/** All audited events that the page's user may see, oldest first. */
export async function auditOf(page: WirePage, prefix?: string): Promise<DownOf<"audit_page">["payload"]["entries"]> {
  const found: DownOf<"audit_page">["payload"]["entries"] = [];
  for (let before: number | undefined; ; ) {
    const query = {
      limit: 100,
      ...(prefix === undefined ? {} : { prefix }),
      ...(before === undefined ? {} : { before }),
    };
    const answer = await admin.audit(page, query);
    if (answer.action !== "audit_page") throw new Error(`list_audit: ${JSON.stringify(answer)}`);
    found.push(...answer.payload.entries);
    before = answer.payload.next;
    if (before === undefined) return found.toReversed();
  }
}
