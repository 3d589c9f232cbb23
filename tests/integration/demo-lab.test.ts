import type { ClientChannel } from "ssh2";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoDevice, DemoLab } from "#demo/demo-lab.ts";
import { startDemoLab } from "#demo/demo-lab.ts";

let lab: DemoLab;
const clients = new Set<ssh2.Client>();

beforeAll(async () => {
  lab = await startDemoLab({ seed: 5, pace: 0 });
});

afterAll(async () => {
  for (const client of clients) client.end();
  await lab.close();
});

function device(id: string): DemoDevice {
  const found = lab.devices.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no demo device ${id}`);
  return found;
}

/** Connects with login `none` and the host key pinned, as S42 has it. */
async function connect(id: string): Promise<ssh2.Client> {
  const target = device(id);
  const client = new ssh2.Client();
  clients.add(client);
  client.once("close", () => clients.delete(client));
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", reject);
    client.connect({
      sock: target.sock(),
      username: "visitor",
      authHandler: ["none"],
      hostVerifier: (key: Buffer) => key.equals(Buffer.from(target.hostKey.publicKey)),
    });
  });
  return client;
}

/** A shell whose whole output is kept; `until` resolves once the text received since the last call matches. */
class Shell {
  text = "";
  readonly closed: Promise<void>;
  readonly channel: ClientChannel;
  #from = 0;
  #wake: () => void = () => undefined;

  constructor(channel: ClientChannel) {
    this.channel = channel;
    channel.on("data", (bytes: Buffer) => {
      this.text += bytes.toString("utf8");
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      channel.once("close", () => resolve());
    });
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const fresh = this.text.slice(this.#from);
      const match = pattern.exec(fresh);
      if (match !== null) {
        this.#from += match.index + match[0].length;
        return fresh.slice(0, match.index + match[0].length);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async run(command: string, prompt = /\r\ndemo-\w+(?:\([\w-]+\))?#$/u): Promise<string> {
    this.channel.write(`${command}\r`);
    return await this.until(prompt);
  }
}

function openShell(client: ssh2.Client, pty: ssh2.PseudoTtyOptions | false): Promise<Shell> {
  return new Promise((resolve, reject) => {
    client.shell(pty, (error, channel) => {
      if (error === undefined) resolve(new Shell(channel));
      else reject(error);
    });
  });
}

const SCREEN = { rows: 24, cols: 132, term: "xterm-256color" };

describe("demo lab over SSH", () => {
  it("lists two routers and a switch, each with a host key of its own [S42]", () => {
    expect(lab.devices.map((entry) => entry.id)).toEqual(["demo-r1", "demo-r2", "demo-sw1"]);
    expect(new Set(lab.devices.map((entry) => entry.hostKey.sha256)).size).toBe(3);
  });

  it("pages at the size of the PTY, and the pager takes the keys", async () => {
    const client = await connect("demo-r1");
    const shell = await openShell(client, SCREEN);
    await shell.until(/demo-r1#$/u);
    shell.channel.write("show interfaces\r");
    const first = await shell.until(/ --More-- $/u);
    expect(first.split("\r\n")).toHaveLength(25);
    shell.channel.write("\r");
    const second = await shell.until(/ --More-- $/u);
    expect(second.startsWith("\b".repeat(9))).toBe(true);
    expect(second.split("\r\n")).toHaveLength(2);
    shell.channel.write("q");
    await shell.until(/demo-r1#$/u);
    await shell.run("terminal length 0");
    expect(await shell.run("show interfaces")).not.toContain("--More--");
    shell.channel.write("exit\r");
    await shell.closed;
  });

  it("shows two connections one world: what one configures, the other sees", async () => {
    const [one, two] = await Promise.all([connect("demo-r1"), connect("demo-r1")]);
    const typing = await openShell(one, SCREEN);
    const collecting = await openShell(two, { ...SCREEN, cols: 511 });
    await Promise.all([typing.until(/demo-r1#$/u), collecting.until(/demo-r1#$/u)]);
    await collecting.run("terminal length 0");
    expect(await collecting.run("show users")).toMatch(/ vty \d+ +visitor[\s\S]*\* +\d+ vty \d+ +visitor/u);
    await typing.run("configure terminal");
    await typing.run("interface gi 0/2");
    await typing.run("shutdown");
    await typing.run("end");
    expect(await collecting.run("show ip interface brief")).toMatch(
      /GigabitEthernet0\/2 .*administratively down down/u,
    );
    expect(await collecting.run("show logging | include CONFIG_I.*vty")).toMatch(/by visitor on vty\d+/u);
    await typing.run("configure terminal");
    await typing.run("interface gi0/2");
    await typing.run("no shutdown");
    await typing.run("end");
    one.end();
    two.end();
    await Promise.all([typing.closed, collecting.closed]);
  });

  it("keeps the end marker of a collector intact: prompt, marker, prompt [T40]", async () => {
    const client = await connect("demo-r2");
    const shell = await openShell(client, { ...SCREEN, cols: 511 });
    await shell.until(/demo-r2#$/u);
    await shell.run("terminal length 0");
    shell.channel.write("show processes cpu | include CPU utilization\n! rs-1234abcd1\n");
    const text = await shell.until(/\r\ndemo-r2#! rs-1234abcd1\r\ndemo-r2#$/u);
    expect(text).toMatch(/CPU utilization for five seconds: \d+%\/\d+%; one minute: \d+%; five minutes: \d+%/u);
    client.end();
    await shell.closed;
  });

  it("serves a shell without a PTY, and shows log lines to a session that monitors", async () => {
    const client = await connect("demo-r2");
    const shell = await openShell(client, false);
    await shell.until(/demo-r2#$/u);
    await shell.run("terminal monitor");
    await shell.run("configure terminal");
    await shell.run("end");
    await shell.until(/%SYS-5-CONFIG_I: Configured from console by visitor on vty\d+ .*\r\n *\r?demo-r2#$/u);
    client.end();
    await shell.closed;
  });

  it("asks for the enable secret without echo, and redraws after ?", async () => {
    const client = await connect("demo-sw1");
    const shell = await openShell(client, SCREEN);
    await shell.until(/demo-sw1#$/u);
    await shell.run("disable", /demo-sw1>$/u);
    await shell.run("enable", /Password: $/u);
    shell.channel.write("demo\r");
    expect(await shell.until(/demo-sw1#$/u)).not.toContain("demo\r");
    shell.channel.write("show mac ?");
    expect(await shell.until(/demo-sw1#show mac $/u)).toContain("address-table");
    client.end();
    await shell.closed;
  });

  it("stops a flood on Ctrl-C and survives a client that goes away in the middle of one", async () => {
    const client = await connect("demo-r1");
    const shell = await openShell(client, SCREEN);
    await shell.until(/demo-r1#$/u);
    await shell.run("terminal length 0");
    shell.channel.write("show tech-support\r");
    await shell.until(/show buffers pool 1 dump/u);
    shell.channel.write("\u0003");
    await shell.until(/\r\ndemo-r1#$/u);
    expect(shell.text).not.toContain("pool 39 dump");
    shell.channel.write("show tech-support\r");
    await shell.until(/show version/u);
    client.destroy();
    const again = await connect("demo-r1");
    const after = await openShell(again, SCREEN);
    await after.until(/demo-r1#$/u);
    again.end();
    await after.closed;
  });

  it("runs one exec request and hangs up, and refuses forwarding and subsystems", async () => {
    const client = await connect("demo-r1");
    const ended = new Promise<void>((resolve) => {
      client.once("close", () => resolve());
    });
    const text = await new Promise<string>((resolve, reject) => {
      client.exec("show clock", (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        let all = "";
        channel.on("data", (bytes: Buffer) => {
          all += bytes.toString("utf8");
        });
        channel.once("close", () => resolve(all));
      });
    });
    expect(text).toMatch(/\d\d:\d\d:\d\d\.\d{3} UTC \w{3} \w{3} \d+ \d{4}\r\n/u);
    await ended;
    const other = await connect("demo-r1");
    const forward = await new Promise<Error | undefined>((resolve) => {
      other.forwardOut("127.0.0.1", 1, "127.0.0.1", 22, (error) => resolve(error));
    });
    const sftp = await new Promise<Error | undefined>((resolve) => {
      other.sftp((error) => resolve(error));
    });
    expect(forward).toBeInstanceOf(Error);
    expect(sftp).toBeInstanceOf(Error);
    other.end();
  });
});
