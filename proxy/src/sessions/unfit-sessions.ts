/** Sessions that the rules of now would refuse: listed, and ended only by who may change the rules [S38]. */
import type { Down } from "#protocol/down.ts";
import type { Session } from "../session.ts";
import type { TargetPolicy } from "../target-policy.ts";
import { unfitClass } from "./resolve-target.ts";

type Unfit = Extract<Down, { action: "unfit_sessions" }>["payload"]["sessions"][number];

/** Sessions in one answer; ending some shows the rest. */
const UNFIT_MAX = 64;

/** The first hop that no longer fits says why. Pure but for the addresses of the proxy's host. */
export function unfitSessions(
  sessions: readonly Session[],
  policy: TargetPolicy,
  ownPorts: readonly number[],
): Unfit[] {
  const found = sessions.flatMap(({ identity, core }) => {
    if (core.endedWith !== null) return [];
    for (const hop of identity.checked) {
      const why = unfitClass(policy, hop, ownPorts);
      const { sid, user, label, target } = identity;
      if (why !== undefined) return [{ sid, user, label, target, address: hop.address, class: why }];
    }
    return [];
  });
  return found.slice(0, UNFIT_MAX);
}
