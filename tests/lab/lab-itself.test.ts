import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Client } from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { type Inventory, labClear, labExec, labFault, labVtysh, type NodeName, requireLab } from "#support/lab.ts";

const run = promisify(execFile);
const lab = await requireLab();

const NODES: readonly NodeName[] = ["r1", "r2", "r3", "peer", "host", "gate"];
const ROUTERS = ["r1", "r2", "r3"] as const;

describe.skipIf(!lab.up)("the lab itself", () => {
  afterEach(labClear);

  /** OpenSSH's own client with the lab's key; standard output and errors together, whatever the exit status. */
  async function openSsh(user: keyof Inventory["users"], node: NodeName, command: string): Promise<string> {
    const { nodes, keys } = lab.inventory();
    const { host, port } = nodes[node];
    const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const args = ["-i", keys.ed25519, ...options.flatMap((option) => ["-o", option]), "-p", String(port)];
    const { stdout, stderr } = await run("ssh", [...args, `${user}@${host}`, command]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    return stdout + stderr;
  }
  const neighbourStates = async (router: NodeName): Promise<string[]> => {
    const shown = JSON.parse(await labVtysh(router, "show ip ospf neighbor json")) as {
      neighbors: Record<string, { nbrState: string }[]>;
    };
    return Object.values(shown.neighbors).flatMap((list) => list.map((one) => one.nbrState.split("/")[0] ?? ""));
  };
  type Peers = { ipv4Unicast: { peers: Record<string, { state: string; desc: string; pfxRcd?: number }> } };
  const peersOf = async (router: NodeName) =>
    Object.values((JSON.parse(await labVtysh(router, "show bgp summary json")) as Peers).ipv4Unicast.peers);

  it("lists what the inventory promises", () => {
    const { nodes, users, doors, cables } = lab.inventory();
    expect(Object.keys(nodes)).toEqual(NODES);
    expect(Object.keys(cables)).toEqual(["r1-r2", "r2-r3", "r1-r3", "r3-peer", "r2-gate", "r1-host"]);
    const { normal } = doors;
    expect(normal).toMatchObject({ host: nodes.gate.host, port: 22, user: "linux", password: users.linux.password });
    expect(Object.keys(doors)).toHaveLength(19);
  });

  it.each(NODES)("%s is a node of its own", async (node) => {
    const { stdout } = await labExec(node, "hostname");
    expect(stdout).toBe(`${node}\n`);
    expect(await openSsh("linux", node, "cat /etc/hostname")).toBe(`${node}\n`);
  });

  it.each(ROUTERS)("%s has full OSPF neighbours and the peer's routes by BGP", async (router) => {
    expect(await neighbourStates(router)).toEqual(["Full", "Full"]);
    const peers = await peersOf(router);
    expect(peers.map((peer) => peer.state)).toEqual(peers.map(() => "Established"));
    expect(peers.some((peer) => (peer.pfxRcd ?? 0) >= lab.inventory().bgp.routes)).toBe(true);
  });

  it("LLDP on r1 sees the other end of each cable", async () => {
    const seen = async (): Promise<string> => (await labExec("r1", "lldpcli", "show", "neighbors", "summary")).stdout;
    await expect.poll(seen, { timeout: 30_000 }).toMatch(/SysName:\s+r2[\s\S]*SysName:\s+r3|SysName:\s+r3[\s\S]*r2/);
    await expect.poll(seen, { timeout: 30_000 }).toMatch(/SysName:\s+host/);
  });

  it("OpenSSH's client runs show version on r1 as netops", async () => {
    expect(await openSsh("netops", "r1", "show version")).toMatch(/^FRRouting \S+ \(r1\)/);
  });

  it("ssh2 runs show version on r1 as netops with a password", async () => {
    const { nodes, users } = lab.inventory();
    const client = new Client();
    await new Promise<void>((resolve, reject) => {
      client.once("ready", () => resolve()).once("error", reject);
      client.connect({ ...nodes.r1, username: "netops", password: users.netops.password });
    });
    const text = await new Promise<string>((resolve, reject) => {
      client.exec("show version", (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        let out = "";
        stream.on("data", (data: Buffer) => {
          out += data.toString();
        });
        stream.on("close", () => resolve(out));
      });
    });
    client.end();
    expect(text).toMatch(/^FRRouting/);
  });

  it("viewer cannot configure, noexec refuses exec", async () => {
    expect(await openSsh("viewer", "r2", "configure terminal")).toContain("Unknown command");
    expect(await openSsh("noexec", "r2", "show version")).toContain("exec is disabled");
  });

  it("one pulled cable shows as interface, OSPF neighbour and BGP session, and clear mends all three", async () => {
    await labFault("cable", "r1-r2", "pull");
    await expect
      .poll(() => labVtysh("r1", "show interface eth1"), { timeout: 20_000 })
      .toContain("line protocol is down");
    await expect.poll(() => neighbourStates("r1"), { timeout: 20_000 }).toEqual(["Full"]);
    await expect
      .poll(async () => (await peersOf("r1")).find((peer) => peer.desc === "r2")?.state, { timeout: 20_000 })
      .not.toBe("Established");
    // the other way round the ring is still there
    const { code } = await labExec("host", "ping", "-c", "1", "-w", "10", "198.19.255.12");
    expect(code).toBe(0);
    await labClear();
    expect(await labVtysh("r1", "show interface eth1")).toContain("line protocol is up");
    expect(await neighbourStates("r1")).toEqual(["Full", "Full"]);
  });

  it("a killed daemon is gone until clear, a stopped one comes back", async () => {
    await labFault("daemon", "r1", "bgpd", "kill");
    expect((await labExec("r1", "vtysh", "-c", "show bgp summary")).stderr).toContain("bgpd is not running");
    await labFault("daemon", "r3", "ospfd", "stop");
    expect((await labExec("r3", "sh", "-c", "ps -o stat= -C ospfd")).stdout).toMatch(/^T/);
    await labClear();
    expect((await labExec("r3", "sh", "-c", "ps -o stat= -C ospfd")).stdout).toMatch(/^S/);
    expect((await peersOf("r1")).map((peer) => peer.state)).toEqual(["Established", "Established"]);
  });

  it("a changed host key changes back", async () => {
    const scan = async (): Promise<string> =>
      (await run("ssh-keyscan", ["-t", "ed25519", lab.inventory().nodes.r2.host])).stdout.split(" ")[2] ?? "";
    const before = await scan();
    await labFault("hostkey", "r2", "change");
    expect(await scan()).not.toBe(before);
    await labClear();
    expect(await scan()).toBe(before);
  });

  it("the code that user otp must give is asked for after the password", async () => {
    const { doors, otpCode } = lab.inventory();
    const asked: string[] = [];
    const client = new Client();
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => {
      asked.push(...prompts.map(({ prompt }) => prompt));
      answer(prompts.map(() => (asked.length === 1 ? doors.otp.password : otpCode)));
    });
    await new Promise<void>((resolve, reject) => {
      client.once("ready", () => resolve()).once("error", reject);
      client.connect({ host: doors.otp.host, port: 22, username: "otp", tryKeyboard: true });
    });
    client.end();
    expect(asked).toHaveLength(2);
  });
});
