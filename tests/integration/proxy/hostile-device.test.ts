/** Devices that break the rules: each ends its own session with a code, and nobody else's [section 9 of docs/security]. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import ssh2, { type Connection, type PasswordAuthContext, type ServerChannel } from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Below,
  lengthenSignature,
  makeServerKey,
  type OddOptions,
  sendPacket,
  showKey,
  sshString,
  startOddDevice,
} from "#support/odd-device.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type ConnectOptions, WirePage } from "#support/wire-client.ts";
import { pairClient, randomId } from "#support/wire-pairing.ts";
import type { WireSession } from "#support/wire-session.ts";

let proxy: TestProxy;
let page: WirePage;
let witness: WireSession;
let stopWitness: () => Promise<void>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  proxy = await startTestProxy({ config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }] } });
  page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  const honest = await startOddDevice();
  stopWitness = () => honest.stop();
  witness = await page.connect(at(honest.port));
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  // Whatever the device did, another session goes on echoing.
  const word = `still-here-${Math.random().toString(36).slice(2)}`;
  witness.type(word);
  await witness.waitFor(new RegExp(word));
});

afterAll(async () => {
  await page.close();
  await stopWitness();
  await proxy.stop();
});

function at(port: number) {
  return { host: "127.0.0.1", port, user: "op", via: [] };
}

async function odd(options: OddOptions): Promise<number> {
  const device = await startOddDevice(options);
  stops.push(() => device.stop());
  return device.port;
}

async function outcome(options: OddOptions, connect: ConnectOptions & { password?: string } = {}) {
  const { password, ...rest } = connect;
  return page.settleConnect(page.startConnect(at(await odd(options)), rest), { password });
}

function below(channel: ServerChannel): Pick<Below, "_protocol"> & { id: number } {
  const inner = channel as unknown as { _client: Below; outgoing: { id: number } };
  return { _protocol: inner._client._protocol, id: inner.outgoing.id };
}

describe("bytes beyond the window", () => {
  test("[HD2] [WP14] a device that ignores the window ends in device_misbehaved/window, with the bytes before it kept", async () => {
    const session = await page.connect(
      at(
        await odd({
          shell: (channel) => {
            channel.write("before ");
            channel.once("data", () => {
              const { _protocol, id } = below(channel);
              for (let i = 0; i < 64; i += 1) _protocol.channelData(id, Buffer.alloc(32_000, "x"));
            });
          },
        }),
      ),
    );
    await session.waitFor(/before /);
    session.type("go");
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ error: { code: "device_misbehaved", reason: "window" } });
    expect(session.text).toMatch(/^before x*$/);
    expect(session.recv).toBeLessThan(1024 * 1024);
  });
});

describe("packets that are none", () => {
  test("bytes that no cipher made end the session in device_misbehaved/protocol, with what came before kept", async () => {
    const session = await page.connect(
      at(
        await odd({
          shell: (channel) => {
            channel.write("before ");
            channel.once("data", () => {
              const inner = channel as unknown as { _client: Below };
              inner._client._sock.write(Buffer.alloc(512, 0xa5));
            });
          },
        }),
      ),
    );
    await session.waitFor(/before /);
    session.type("go");
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ error: { code: "device_misbehaved", reason: "protocol" } });
    expect(session.text).toBe("before ");
  });
});

describe("texts and keys that would not fit into a message to the page", () => {
  test("[S2] a host key with a long tail is malformed, and nobody is asked about it", async () => {
    const connected = (connection: Connection) =>
      showKey(connection, (own) => Buffer.concat([own, Buffer.alloc(30_000)]));
    const port = await odd({ connected });
    const asked = page.startConnect(at(port));
    expect((await page.settleConnect(asked)).payload).toMatchObject({ code: "device_misbehaved", reason: "protocol" });
    expect(page.messages.some((m) => m.action === "host_key" && m.device === asked.device)).toBe(false);
  });

  test("[S47] a signature with a long tail is malformed, and nobody is asked to check it", async () => {
    const connected = (connection: Connection) => lengthenSignature(connection, Buffer.alloc(20_000));
    const asked = page.startConnect(at(await odd({ connected })));
    expect((await page.settleConnect(asked)).payload).toMatchObject({
      code: "device_misbehaved",
      reason: "protocol",
      detail: "malformed signature",
    });
  });

  test("[HD3] prompts that grow by their escapes are more than any login needs", async () => {
    const prompts = Array.from({ length: 10 }, () => ({ prompt: "\u0001".repeat(2_500), echo: true }));
    const result = await outcome({
      auth: (context) => {
        if (context.method === "keyboard-interactive") context.prompt(prompts, () => {});
        else context.reject(["keyboard-interactive"]);
      },
    });
    expect(result.payload).toMatchObject({ code: "device_misbehaved", reason: "prompts" });
  });

  test.each(["\u0001".repeat(20_000), "T".repeat(100_000)])("the name of a signal is cut", async (name) => {
    const port = await odd({
      shell: (channel, connection) => {
        channel.once("data", () => {
          const id = Buffer.alloc(4);
          id.writeUInt32BE(below(channel).id);
          const rest = [sshString("exit-signal"), Buffer.alloc(1), sshString(name), Buffer.alloc(1 + 4 + 4)];
          sendPacket(connection, Buffer.concat([Uint8Array.of(98), id, ...rest]));
          channel.close();
        });
      },
    });
    const session = await page.connect(at(port));
    session.type("go");
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload.signal?.length).toBeLessThanOrEqual(32);
  });
});

describe("channels that are refused", () => {
  test("no shell, and no command: channel_refused/shell and channel_refused/exec; exec leaves the connection", async () => {
    const device = new ssh2.Server({ hostKeys: [makeServerKey()] }, (connection: Connection) => {
      connection.on("error", () => {});
      connection.on("authentication", (context) => context.accept());
      connection.on("session", (accept) => {
        const session = accept();
        session.on("pty", (yes) => yes());
        session.on("shell", (_yes, no) => no());
        session.on("exec", (yes, no, { command }) => {
          if (command !== "show version") return no();
          const channel = yes();
          channel.exit(0);
          channel.end();
        });
      });
    }).listen(0, "127.0.0.1");
    stops.push(() => new Promise((resolve) => void device.close(() => resolve())));
    await once(device, "listening");
    const { port } = device.address() as AddressInfo;
    const refused = await page.settleConnect(page.startConnect(at(port)));
    expect(refused.payload).toMatchObject({ code: "channel_refused", reason: "shell" });
    const session = await page.connect(at(port), { transport: "exec" });
    const exec_id = randomId();
    const answer = await session.request("exec", { exec_id, command: "show clock" } as never);
    expect(answer.payload).toMatchObject({ code: "channel_refused", reason: "exec" });
    expect(await session.exec("show version")).toMatchObject({ code: 0 });
    await session.request("disconnect", {} as never);
  });
});

describe("host keys", () => {
  test("[HD4] [S46] a key shown without its private key is bad_signature, and nothing is stored", async () => {
    const port = await odd({ foreignKey: true });
    const first = await page.settleConnect(page.startConnect(at(port)));
    expect(first.payload).toMatchObject({ code: "device_misbehaved", reason: "bad_signature" });
    const again = page.startConnect(at(port));
    const question = await page.next("host_key", (m) => m.device === again.device);
    expect(question.payload.known_since).toBeUndefined();
    await page.settleConnect(again, { trust: false });
  });

  test("[S50] a rekey with the same key is silent; rekeys in a loop end the session", async () => {
    let connection: Connection | undefined;
    const session = await page.connect(
      at(
        await odd({
          shell: (channel, own) => {
            connection = own;
            channel.pipe(channel);
          },
        }),
      ),
    );
    const rekey = () => (connection as unknown as Below)._protocol.rekey();
    rekey();
    session.type("after-one");
    await session.waitFor(/after-one/);
    for (let i = 0; i < 5; i += 1) {
      rekey();
      session.type(`r${i}`);
      if (i < 2) await session.waitFor(new RegExp(`r${i}`));
      else await page.until(() => (session.text.includes(`r${i}`) || ended(session) ? true : undefined), "echo or end");
      if (ended(session)) break;
    }
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ error: { code: "device_misbehaved", reason: "rekey" } });
  });

  function ended(session: WireSession): boolean {
    return page.messages.some((m) => m.action === "exit" && m.device === session.device);
  }
});

describe("login", () => {
  test("[HD3] banners without end are cut: device_misbehaved/greeting", async () => {
    expect((await outcome({ banners: Array.from({ length: 10_000 }, () => "x".repeat(100)) })).payload).toMatchObject({
      code: "device_misbehaved",
      reason: "greeting",
    });
  });

  test("[HD3] a thousand prompts are more than any login needs: device_misbehaved/prompts", async () => {
    const prompts = Array.from({ length: 1_000 }, () => ({ prompt: "more? ", echo: true }));
    const result = await outcome({
      auth: (context) => {
        if (context.method === "keyboard-interactive") context.prompt(prompts, () => {});
        else context.reject(["keyboard-interactive"]);
      },
    });
    expect(result.payload).toMatchObject({ code: "device_misbehaved", reason: "prompts" });
  });

  test("[S58] prompts keep their echo flag and their text; the answers reach the device in order", async () => {
    const got: string[] = [];
    const session = page.connect(
      at(
        await odd({
          auth: (context) => {
            if (context.method !== "keyboard-interactive") {
              context.reject(["keyboard-interactive"]);
              return;
            }
            const prompts = [
              { prompt: "Token:", echo: true },
              { prompt: "PIN:", echo: false },
            ];
            context.prompt(prompts, "Box", "Say both", (answers) => {
              got.push(...answers);
              context.accept();
            });
          },
        }),
      ),
      { password: "s3cret" },
    );
    await session;
    const asked = await page.next("auth_prompt", (m) => m.payload.name === "Box");
    expect(asked.payload).toMatchObject({
      instruction: "Say both",
      prompts: [
        { prompt: "Token:", echo: true },
        { prompt: "PIN:", echo: false },
      ],
    });
    expect(got).toEqual(["s3cret", "s3cret"]);
  });

  test("[S58] a forced password change is asked, and old and new password reach the device", async () => {
    const seen: (string | undefined)[] = [];
    const result = await outcome(
      {
        auth: (context) => {
          if (context.method !== "password") {
            context.reject(["password"]);
            return;
          }
          const login = context as PasswordAuthContext & { newPassword?: string };
          if (login.newPassword !== undefined) {
            seen.push(login.password, login.newPassword);
            login.accept();
          } else {
            login.requestChange("Your password has expired", (fresh) => {
              seen.push(login.password, fresh);
              login.accept();
            });
          }
        },
      },
      { password: "pass-word" },
    );
    expect(result.action).toBe("connected");
    const asked = await page.next("auth_prompt", (m) => m.payload.kind === "change_password");
    expect(asked.payload.instruction).toBe("Your password has expired");
    expect(seen).toEqual(["pass-word", "pass-word"]);
  });
});

describe("[S60] [HD8] channels that a device opens", () => {
  test("X11 and forwarded channels are refused, and the session goes on", async () => {
    const refused: string[] = [];
    const session = await page.connect(
      at(
        await odd({
          shell: (channel, connection) => {
            channel.pipe(channel);
            connection.x11(
              "127.0.0.1",
              6000,
              (error) => void refused.push(error === undefined ? "accepted" : "refused"),
            );
            connection.forwardOut(
              "127.0.0.1",
              1,
              "127.0.0.1",
              2,
              (error) => void refused.push(error === undefined ? "accepted" : "refused"),
            );
          },
        }),
      ),
    );
    session.type("go-on");
    await session.waitFor(/go-on/);
    await page.until(() => (refused.length === 2 ? true : undefined), "two refusals");
    expect(refused).toEqual(["refused", "refused"]);
  });
});
