import { linkFrame, sessionFrame } from "#protocol/builders.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import type { Up } from "#protocol/up.ts";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { type FaultRelay, startFaultRelay } from "./fault-relay.ts";
import type { Tools } from "./find-tools.ts";
import { type SshdOptions, startSshd, type TestSshServer } from "./sshd.ts";
import { startTestProxy, type TestProxy } from "./test-proxy.ts";
import { type DownOf, type PageOptions, type Target, WirePage } from "./wire-client.ts";
import { type PairedClient, pairClient, randomId } from "./wire-pairing.ts";
import type { WireSession } from "./wire-session.ts";

type OpenOptions = PageOptions & { client?: PairedClient; relayed?: boolean };

/** OpenSSH, a proxy, a relay in front of it and a client of the wire: what a test of resuming needs. */
export class WireRig {
  readonly server: TestSshServer;
  readonly relay: FaultRelay;
  readonly client: PairedClient;
  proxy: TestProxy;

  private constructor(server: TestSshServer, proxy: TestProxy, relay: FaultRelay, client: PairedClient) {
    this.server = server;
    this.proxy = proxy;
    this.relay = relay;
    this.client = client;
  }

  static async start(tools: Tools, config: ConfigInput = {}, sshd: SshdOptions = {}): Promise<WireRig> {
    const server = await startSshd(tools, sshd);
    const limits = { upgrades_per_client_per_min: 10_000, ...config.limits };
    const proxy = await startTestProxy({ ports: [server.port], config: { ...config, limits } });
    const relay = await startFaultRelay({ host: "127.0.0.1", port: proxy.port });
    return new WireRig(server, proxy, relay, await pairClient(await proxy.pairUrl()));
  }

  get target(): Target {
    return { host: "127.0.0.1", port: this.server.port, user: this.server.user, via: [] };
  }

  #way({ client = this.client, relayed = false, ...options }: OpenOptions): [PairedClient, PageOptions] {
    if (!relayed) return [client, options];
    // Behind a relay the page still names the proxy, as its signature does.
    const headers = { Host: new URL(client.url).host, Origin: client.url };
    return [
      { ...client, url: `http://127.0.0.1:${this.relay.port}` },
      { ...options, headers },
    ];
  }

  open(options: OpenOptions = {}): Promise<WirePage> {
    return WirePage.open(...this.#way(options));
  }

  /** A socket whose challenge has come and whose hello has not been sent. */
  dial(options: OpenOptions = {}): Promise<{ page: WirePage; nonce: string }> {
    return WirePage.dial(...this.#way(options));
  }

  shell(page: WirePage, options: Parameters<WirePage["connect"]>[1] = {}): Promise<WireSession> {
    return page.connect(this.target, { password: this.server.password, ...options });
  }

  /** Another client of the same user. */
  async otherClient(label: string): Promise<PairedClient> {
    return pairClient(await this.proxy.pairUrl(), label);
  }

  /** A new link of the same page that asks for the session; the session goes on there. */
  async resume(session: WireSession, options: OpenOptions = {}): Promise<{ page: WirePage; state: SessionState }> {
    const { instanceId } = session.page;
    const page = await this.open({ instanceId, ...options, sessions: [session.asRequest()] });
    const state = page.welcome?.sessions[0];
    if (state === undefined) throw new Error("the welcome names no session");
    if (state.chan !== undefined) session.resumeOn(page, state);
    return { page, state };
  }

  async stop(): Promise<void> {
    await this.relay.stop();
    await this.proxy.stop();
    await this.server.stop();
  }
}

export function attachMessage(request: SessionRequest, force: boolean): Up<"attach"> & { id: string } {
  return sessionFrame(
    request.device,
    request.session_id,
    "attach",
    { ...request, force },
    { id: randomId() },
  ) as Up<"attach"> & {
    id: string;
  };
}

/** What the proxy answers to attach. */
export async function attachTo(page: WirePage, request: SessionRequest, force: boolean): Promise<SessionState> {
  const answer = await page.request(attachMessage(request, force));
  if (answer.action !== "attached") throw new Error(`attach: ${JSON.stringify(answer)}`);
  return answer.payload;
}

/** The user's sessions, as this page is told. */
export async function listSessions(page: WirePage): Promise<DownOf<"sessions">["payload"]["sessions"]> {
  const answer = await page.request(linkFrame("list_sessions", {}));
  if (answer.action !== "sessions") throw new Error(`list_sessions: ${JSON.stringify(answer)}`);
  return answer.payload.sessions;
}
