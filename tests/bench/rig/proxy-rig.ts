import { type RunningApp, startApp } from "#support/app.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";
import type { BenchContext } from "../figure.ts";
import { BenchSession, type Render } from "./bench-session.ts";
import { type SshBox, sshBox } from "./ssh-box.ts";

/** Above what any figure opens: the bench measures the machine, not the policy. */
const LIMITS = {
  sessions_per_user: 1_000,
  connecting_per_user: 100,
  connecting_per_target: 100,
  dials_per_user_per_min: 10_000,
  dials_per_target_per_min: 10_000,
  links_per_client: 100,
  upgrades_per_client_per_min: 100_000,
  control_per_s: 10_000,
  control_burst: 100_000,
};

const PTY = { term: "xterm-256color", cols: 120, rows: 40 };

let lastAttempt = 0;

/** Grows strictly over all links of this process [WP23]. */
export function nextAttempt(): number {
  lastAttempt = Math.max(lastAttempt + 1, Date.now());
  return lastAttempt;
}

/** The built proxy in a process of its own, with a client paired, allowed to dial the box. */
export type ProxyRig = {
  app: RunningApp;
  client: PairedClient;
  /** A greeted page; `through` is the address of a relay in front of the proxy. */
  open(options?: { through?: string }): Promise<WirePage>;
  /** The next link of a page: it has its challenge and has not said hello. */
  dial(through: string, instanceId: string): Promise<{ page: WirePage; nonce: string }>;
  /** A terminal session on the box. */
  connect(page: WirePage, render?: Render): Promise<BenchSession>;
  close(): Promise<void>;
};

export async function startRig(box: SshBox, env: Record<string, string> = {}): Promise<ProxyRig> {
  const { host, port } = box.server;
  const allow = [{ cidr: `${host}/32`, ports: [port] }];
  const app = await startApp({ config: { allow, limits: LIMITS, demo: false, log: { level: "error" } }, env });
  try {
    const client = await pairClient(app.pairUrl, "bench");
    // behind a relay the page still names the proxy, as its signature does
    const headers = { Host: new URL(client.url).host, Origin: client.url };
    return {
      app,
      client,
      open: ({ through = client.url } = {}) =>
        WirePage.open({ ...client, url: through }, { headers, attempt: nextAttempt() }),
      dial: (through, instanceId) => WirePage.dial({ ...client, url: through }, { headers, instanceId }),
      connect: (page, render = "instant") => connect(page, box, render),
      close: () => app.close(),
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function connect(page: WirePage, { server }: SshBox, render: Render): Promise<BenchSession> {
  const { host, port, user, password } = server;
  const at = page.startConnect({ host, port, user, via: [] }, { pty: PTY });
  let session: BenchSession | undefined;
  const bound = page.until(() => {
    const answer = page.messages.find(
      (message) => message.re === at.id && (message.action === "connected" || message.action === "error"),
    );
    if (answer?.action === "connected") {
      // at once: output may follow in the same turn
      session = new BenchSession(page, at.device, at.session_id, answer.payload, render);
      page.bind(answer.payload.chan, session);
    }
    return answer;
  }, "connected");
  const [outcome] = await Promise.all([page.settleConnect(at, { password }), bound]);
  if (session === undefined) throw new Error(`connect failed: ${JSON.stringify(outcome.payload)}`);
  return session;
}

/** One proxy for all figures that do not look at its memory. */
export const proxyRig = (context: BenchContext): Promise<ProxyRig> =>
  context.shared("proxy", async () => startRig(await sshBox(context)));
