import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { PROXY_AGENT } from "#protocol/local-secrets.ts";
import type { Up } from "#protocol/up.ts";
import type { LinkHub } from "../link-hub.ts";

/** Keys of the proxy's agent that a person lets log in at one host of a device's path [S60]. */
type Consent = { device: string; hop: number; keys: readonly string[] };

/** Hops at which the agent of the proxy's host is chosen; `ids` are the choices by hop. */
export function agentHops(ids: readonly (readonly string[])[]): number[] {
  return ids.flatMap((chosen, hop) => (chosen.includes(PROXY_AGENT) ? [hop] : []));
}

/**
 * Consent to the agent of the proxy's host [S60]: the person is asked for each connect of a terminal, by fingerprint.
 * Telemetry asks nobody: what the terminal of the same device was allowed holds for it too, and nothing else [S59].
 */
export class AgentConsents {
  readonly #hub: Pick<LinkHub, "send">;
  readonly #asked = new Map<string, Down<"agent_consent">>();
  #granted: readonly Consent[] = [];

  constructor(hub: Pick<LinkHub, "send">) {
    this.#hub = hub;
  }

  /** A terminal connects anew: what was allowed before is asked again. */
  begin(device: string): void {
    this.#granted = this.#granted.filter((one) => one.device !== device);
    for (const [id, asked] of this.#asked) if (asked.device === device) this.#asked.delete(id);
  }

  /** True when it is answered without the person. `wanted`: this page asked for the agent at that hop. */
  hears(message: Down<"agent_consent">, wanted: boolean): boolean {
    const { device, session_id, id, payload } = message;
    if (wanted && session_id === "ssh1" && id !== undefined) {
      this.#asked.set(id, message);
      return false;
    }
    const granted = this.#granted.find((one) => one.device === device && one.hop === payload.hop)?.keys ?? [];
    const keys = wanted ? payload.keys.flatMap(({ sha256 }) => (granted.includes(sha256) ? [sha256] : [])) : [];
    this.#hub.send(sessionFrame(device, session_id, "agent_reply", { keys }, { re: id }));
    return true;
  }

  /** The person's answer, to the question that was asked and to no other. */
  replied({ re, payload }: Pick<Up<"agent_reply">, "re" | "payload">): void {
    const asked = re === undefined ? undefined : this.#asked.get(re);
    if (re === undefined || asked === undefined) return;
    this.#asked.delete(re);
    const { device, session_id } = asked;
    const keys = asked.payload.keys.flatMap(({ sha256 }) => (payload.keys.includes(sha256) ? [sha256] : []));
    this.#granted = [...this.#granted, { device, hop: asked.payload.hop, keys }];
    this.#hub.send(sessionFrame(device, session_id, "agent_reply", { keys }, { re }));
  }
}
