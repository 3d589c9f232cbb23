import * as v from "valibot";
import { linkMessage } from "./envelope.ts";

/** Most lines of one answer. */
export const AUDIT_PAGE_MAX = 100;

/** The user's own audited events, newest first [S94]. */
export const ListAudit = linkMessage(
  "list_audit",
  v.object({
    /** Only lines with a smaller number: `next` of the page before. */
    before: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    /** Only events that begin with this. */
    prefix: v.optional(v.pipe(v.string(), v.regex(/^[a-z_.]{1,32}$/))),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(AUDIT_PAGE_MAX)),
  }),
);

export const AuditPage = linkMessage(
  "audit_page",
  v.object({
    entries: v.array(
      v.objectWithRest(
        { ts: v.string(), seq: v.number(), event: v.string(), outcome: v.string() },
        v.union([v.string(), v.number(), v.boolean()]),
      ),
    ),
    next: v.optional(v.number()),
  }),
);

/** What every page of the proxy should show: whether the audit log can be written [S94]. */
export const ProxyState = linkMessage("proxy_state", v.object({ audit: v.picklist(["ok", "failing"]) }));
