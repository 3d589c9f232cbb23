/** Requests about where the proxy may connect to, and about changed host keys; who may, says S16. */
import { errorFrame, linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { Up } from "#protocol/up.ts";
import { type Failure, failure, payloadOf } from "../failure.ts";
import type { FreshProofs } from "../identity/fresh-proofs.ts";
import { type MayChange, mayChangePolicy, mayLowerGuard } from "../identity/identity.ts";
import type { PolicyStore } from "../policy/policy-store.ts";
import type { SessionRegistry } from "../session-registry.ts";
import type { KeyReplacements } from "../sessions/key-replacements.ts";
import { hostOwn } from "../sessions/resolve-target.ts";
import { unfitSessions } from "../sessions/unfit-sessions.ts";
import type { Link } from "./link-table.ts";

export type PolicyWish = Up<"allow_target" | "list_unfit" | "end_unfit" | "replace_host_key" | "vault_unlocked">;
export type PolicyParts = {
  policy: PolicyStore;
  registry: SessionRegistry;
  replacements: KeyReplacements;
  ownPorts: () => readonly number[];
  /** Proofs beside a role that this client has given lately [S16]. */
  freshProofs: FreshProofs;
};

/** Answers one of these requests. */
export async function answerPolicy(parts: PolicyParts, link: Link, message: PolicyWish): Promise<void> {
  if (message.action === "vault_unlocked") {
    parts.freshProofs.noteVault(link.clientId);
    return;
  }
  const answer = await run(parts, link, message);
  if (link.closed) return;
  link.send("code" in answer ? errorFrame("link", payloadOf(answer), { re: message.id }) : answer);
}

async function run(
  parts: PolicyParts,
  link: Link,
  message: Exclude<PolicyWish, Up<"vault_unlocked">>,
): Promise<Down | Failure> {
  if (message.action === "replace_host_key") return replaceKey(parts, link, message);
  const refusal = mayNot(mayChangePolicy(link.identity, parts.freshProofs.of(link.clientId), Date.now()));
  if (refusal !== undefined) return refusal;
  switch (message.action) {
    case "allow_target":
      return allow(parts, link, message);
    case "end_unfit":
      await endUnfit(parts, message.payload.sid);
      return unfit(parts, message.id);
    default:
      return unfit(parts, message.id);
  }
}

function mayNot(may: MayChange): Failure | undefined {
  return may.ok ? undefined : failure("refused_by_policy", may.reason);
}

async function allow(parts: PolicyParts, link: Link, { id, payload }: Up<"allow_target">): Promise<Down | Failure> {
  const who = { user: link.user, client: link.clientId, addr: link.address };
  const outcome = await parts.policy.allow(payload, who, hostOwn(parts.ownPorts()));
  return outcome.ok ? linkFrame("target_allowed", { ...payload, ...outcome.value }, { re: id }) : outcome.failure;
}

function unfit({ registry, policy, ownPorts }: PolicyParts, re: string | undefined): Down {
  return linkFrame("unfit_sessions", { sessions: unfitSessions(registry.all, policy.current, ownPorts()) }, { re });
}

/** A session that fits is left alone: this right is about the rules, not about other people's work. */
async function endUnfit({ registry, policy, ownPorts }: PolicyParts, sid: string): Promise<void> {
  const session = registry.all.find(({ identity }) => identity.sid === sid);
  if (session === undefined || unfitSessions([session], policy.current, ownPorts()).length === 0) return;
  await registry.disconnect(session, undefined);
}

/** The typed characters are the confirmation; where roles exist the role is asked for as well [S16] [S48]. */
function replaceKey(parts: PolicyParts, link: Link, { id, payload }: Up<"replace_host_key">): Down | Failure {
  const refusal = mayNot(mayLowerGuard(link.identity, true, Date.now()));
  if (refusal !== undefined) return refusal;
  const accepted = parts.replacements.accept(link.user, payload);
  if ("code" in accepted) return accepted;
  return linkFrame("host_key_replaced", { host: payload.host, port: payload.port, host_key: accepted }, { re: id });
}
