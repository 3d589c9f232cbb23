/** The agent of the proxy's host, from the page's choice to the login [S60]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { AGENT_FEATURE, PROXY_AGENT, secretCommands } from "#bridge/secret-commands.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, RigDevice } from "#support/host-rig.ts";
import { startSshAgent, type TestSshAgent } from "#support/ssh-agent.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { wayOf } from "#workers/keys/bound-way.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("[S60] a login by the agent of the proxy's host", () => {
  let server: TestSshServer;
  let agent: TestSshAgent;
  const rigs: HostRig[] = [];

  beforeAll(async () => {
    server = await startSshd(tools, { config: ["AuthenticationMethods publickey"] });
    agent = await startSshAgent();
    await agent.add(server.privateKeyFile);
  });
  afterAll(async () => {
    for (const rig of rigs) await rig.stop();
    await agent?.stop();
    await server?.stop();
  });

  async function rigWith(enabled: boolean): Promise<HostRig> {
    const rig = await HostRig.start({ ports: [server.port], config: { agent: { enabled, socket: agent.socket } } });
    rigs.push(rig);
    return rig;
  }

  async function openWith(rig: HostRig, keys: readonly string[]): Promise<RigDevice> {
    const record = deviceRecord(server, { telemetry: "allowed" });
    const { bridge } = rig.page;
    await bridge.dispatch(commands.putDevice(record));
    await rig.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    await bridge.dispatch(
      secretCommands.chooseLogin(record.id, { keys, via_keys: [], sign_hidden: false, bound: wayOf(record.target) }),
    );
    const device = new RigDevice(rig, record.id);
    await bridge.dispatch(commands.open(record.id, { cols: 100, rows: 30 }));
    const asked = await device.until(({ ssh1 }) => ssh1.question?.kind === "host_key", "the host key question");
    await bridge.dispatch(commands.hostKeyReply(record.id, "ssh1", asked.ssh1.question?.id ?? "", true));
    return device;
  }

  const consent = async (device: RigDevice) => {
    const { ssh1 } = await device.until(({ ssh1: one }) => one.question?.kind === "agent", "the agent's question");
    if (ssh1.question?.kind !== "agent") throw new Error("no question");
    return ssh1.question;
  };

  test("is offered only where the proxy has one; consent is by fingerprint, and holds for telemetry", async () => {
    const rig = await rigWith(true);
    expect(rig.page.view("link")?.features).toContain(AGENT_FEATURE);
    const device = await openWith(rig, [PROXY_AGENT]);
    const { id, keys, user } = await consent(device);
    expect(user).toBe(server.user);
    expect(keys).toEqual([{ type: "ssh-ed25519", sha256: expect.stringMatching(/^SHA256:/), comment: "test" }]);
    await rig.page.bridge.dispatch(commands.agentReply(device.id, id, [keys[0]?.sha256 ?? ""]));
    await device.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    expect(device.view?.ssh1.auth_method).toBe("publickey");
    // [S59] The same key, without a question.
    await device.until(({ ssh2 }) => ssh2.phase === "live", "live telemetry");
    expect(device.view?.ssh2).toMatchObject({ auth_method: "publickey" });
    expect(device.view?.ssh2.question).toBeUndefined();
    await device.close();
  });

  test("refused, or for a device that did not choose it: the agent signs nothing", async () => {
    const rig = await rigWith(true);
    const device = await openWith(rig, [PROXY_AGENT]);
    const { id } = await consent(device);
    await rig.page.bridge.dispatch(commands.agentReply(device.id, id, ["SHA256:of-another-key"]));
    const { ssh1 } = await device.until(({ ssh1: one }) => one.phase === "ended", "the refusal");
    expect(ssh1.ended?.error).toMatchObject({ code: "auth_failed", reason: "no_method" });
    const other = await openWith(rig, []);
    const { ssh1: never } = await other.until(({ ssh1: one }) => one.phase === "ended", "the refusal");
    expect(never.ended?.error).toMatchObject({ code: "auth_failed", reason: "no_method" });
    expect(rig.proxy.log.some(({ event }) => event === "sign.granted")).toBe(false);
  });

  test("off: the proxy does not speak of an agent, and a choice for it comes to nothing", async () => {
    const rig = await rigWith(false);
    expect(rig.page.view("link")?.features).not.toContain(AGENT_FEATURE);
    const device = await openWith(rig, [PROXY_AGENT]);
    const { ssh1 } = await device.until(({ ssh1: one }) => one.phase === "ended", "the refusal");
    expect(ssh1.ended?.error).toMatchObject({ code: "auth_failed", reason: "no_method" });
  });
});
