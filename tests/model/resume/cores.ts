import type * as pageSession from "#protocol/page/session-core.ts";
import type * as attempts from "#protocol/proxy/attempts.ts";
import type * as scheduler from "#protocol/proxy/link-scheduler.ts";
import type * as replies from "#protocol/proxy/reply-cache.ts";
import type * as proxySession from "#protocol/proxy/session-core.ts";
import type * as takeover from "#protocol/proxy/takeover.ts";

/** What the simulator drives: the shipped cores, or a copy of them with one fault built in. */
export type Cores = Pick<typeof attempts, "AttemptLedger"> &
  Pick<typeof scheduler, "LinkScheduler"> &
  Pick<typeof replies, "ReplyCache"> &
  Pick<typeof proxySession, "SessionCore"> &
  Pick<typeof takeover, "checkAccess" | "decideTakeover"> &
  Pick<typeof pageSession, "PageSession">;

/** Loads the cores of the sources at `url`, a file URL of a protocol/src folder that ends in a slash. */
export async function loadCores(url: string): Promise<Cores> {
  const at = (path: string): string => new URL(path, url).href;
  const [a, s, r, p, t, g] = await Promise.all([
    import(at("proxy/attempts.ts")) as Promise<typeof attempts>,
    import(at("proxy/link-scheduler.ts")) as Promise<typeof scheduler>,
    import(at("proxy/reply-cache.ts")) as Promise<typeof replies>,
    import(at("proxy/session-core.ts")) as Promise<typeof proxySession>,
    import(at("proxy/takeover.ts")) as Promise<typeof takeover>,
    import(at("page/session-core.ts")) as Promise<typeof pageSession>,
  ]);
  return {
    AttemptLedger: a.AttemptLedger,
    LinkScheduler: s.LinkScheduler,
    ReplyCache: r.ReplyCache,
    SessionCore: p.SessionCore,
    checkAccess: t.checkAccess,
    decideTakeover: t.decideTakeover,
    PageSession: g.PageSession,
  };
}
