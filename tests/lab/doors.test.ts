import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { type DoorName, labClear, labFault, requireLab } from "#support/lab.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type ConnectOptions, type DownOf, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import type { WireSession } from "#support/wire-session.ts";

const lab = await requireLab();

type Outcome = DownOf<"connected"> | DownOf<"error">;
type Question = DownOf<"auth_prompt">["payload"];

describe.skipIf(!lab.up)("the doors of the gate", () => {
  let proxy: TestProxy;
  let page: WirePage;
  /** A session beside, which must not notice anything. */
  let bystander: WireSession;
  let echoes = 0;
  /** Every error met here, as `code` or `code/reason`. */
  const met = new Set<string>();

  beforeAll(async () => {
    await labClear();
    proxy = await startTestProxy({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    page = await WirePage.open(await pairClient(await proxy.pairUrl()));
    const { nodes, users } = lab.inventory();
    const target = { host: nodes.host.host, port: 22, user: "linux", via: [] };
    bystander = await page.connect(target, { password: users.linux.password });
    bystander.type("echo ready-$((6 * 7))\n");
    await bystander.waitFor(/ready-42/);
  });
  afterEach(async () => {
    // nothing else breaks: the other session of the same page and proxy goes on echoing
    echoes += 1;
    bystander.type(`echo still-$((${echoes} * 1000))\n`);
    await bystander.waitFor(new RegExp(`still-${echoes}000\\r`));
  });
  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
    await labClear();
  });

  function target(name: DoorName) {
    const { host, port, user } = lab.inventory().doors[name];
    return { host, port, user, via: [] };
  }

  /** Connects through a door, trusting its key and answering every prompt by `answer`. */
  async function enter(
    name: DoorName,
    options: ConnectOptions = {},
    answer: (prompt: string, question: Question) => string = () => lab.inventory().doors[name].password,
  ): Promise<{ outcome: Outcome; questions: Question[]; at: ReturnType<WirePage["startConnect"]> }> {
    const at = page.startConnect(target(name), options);
    const questions: Question[] = [];
    const seen = new Set<Down>();
    for (;;) {
      const message = await page.until(
        () =>
          page.messages.find(
            (m) =>
              !seen.has(m) &&
              m.device === at.device &&
              ["connected", "error", "host_key", "auth_prompt"].includes(m.action),
          ),
        `the next word of ${name}`,
      );
      seen.add(message);
      const { device, session_id } = at;
      if (message.action === "host_key") {
        page.send(sessionFrame(device, session_id, "host_key_reply", { trust: true }, { re: message.id }));
      } else if (message.action === "auth_prompt") {
        questions.push(message.payload);
        const answers = message.payload.prompts.map(({ prompt }) => answer(prompt, message.payload));
        page.send(sessionFrame(device, session_id, "auth_reply", { answers }, { re: message.id }));
      } else if (message.action === "connected" || message.action === "error") {
        if (message.action === "error") {
          const { code, reason } = message.payload;
          met.add(reason === undefined ? code : `${code}/${reason}`);
        }
        return { outcome: message, questions, at };
      }
    }
  }

  /** Through the door into a shell that runs a command; the session is closed again. */
  async function shellBehind(name: DoorName, options: ConnectOptions = {}, answer?: Parameters<typeof enter>[2]) {
    const entered = await enter(name, options, answer);
    const { outcome, at } = entered;
    if (outcome.action === "error") throw new Error(`${name}: ${JSON.stringify(outcome.payload)}`);
    const session = page.adopt(outcome, at.device, at.session_id);
    session.type("echo in-$((40 + 2))\n");
    await session.waitFor(/in-42/);
    return { ...entered, session };
  }
  const end = (session: WireSession) => session.request("disconnect", {} as never);

  const refusal = async (name: DoorName, options: ConnectOptions = {}) => {
    const { outcome } = await enter(name, options);
    if (outcome.action !== "error") throw new Error(`${name} let us in`);
    return outcome.payload;
  };

  test("normal: in with keyboard-interactive, which is preferred", async () => {
    const { session, questions } = await shellBehind("normal");
    expect(session.connected.auth_method).toBe("keyboard-interactive");
    expect(questions).toHaveLength(1);
    await end(session);
  });

  test("password: asked as a password", async () => {
    const { session, questions } = await shellBehind("password");
    expect(session.connected.auth_method).toBe("password");
    expect(questions.map(({ kind }) => kind)).toEqual(["password"]);
    await end(session);
  });

  test("keyboard: the device's own prompt, hidden", async () => {
    const { session, questions } = await shellBehind("keyboard");
    expect(session.connected.auth_method).toBe("keyboard-interactive");
    expect(questions).toMatchObject([{ kind: "keyboard_interactive", prompts: [{ echo: false }] }]);
    expect(questions[0]?.prompts[0]?.prompt).toMatch(/assword/);
    await end(session);
  });

  test("otp: two prompts, one after the other", async () => {
    const { doors, otpCode } = lab.inventory();
    let asked = 0;
    const { session, questions } = await shellBehind("otp", {}, () => {
      asked += 1;
      return asked === 1 ? doors.otp.password : otpCode;
    });
    expect(questions.flatMap(({ prompts }) => prompts)).toHaveLength(2);
    await end(session);
  });

  test("a wrong password is auth_failed/rejected after as many tries as a person has", async () => {
    const { outcome, questions } = await enter("normal", {}, () => "not the password");
    expect(outcome.payload).toMatchObject({ code: "auth_failed", reason: "rejected" });
    expect(questions).toHaveLength(3);
  });

  test("[S64] legacy: the diagnosis names what is offered and the smallest set that helps; that set connects", async () => {
    const payload = await refusal("legacy");
    expect(payload).toMatchObject({ code: "no_common_algorithm", diagnosis: { fix: "legacy" } });
    const offered = new Map(payload.diagnosis?.categories.map((one) => [one.category, one.offered]));
    expect(offered.get("key exchange")).toEqual(["diffie-hellman-group14-sha1"]);
    expect(offered.get("host key")).toEqual(["ssh-rsa"]);
    expect(offered.get("cipher to device")).toEqual(["aes128-cbc"]);
    expect(offered.get("MAC to device")).toEqual(["hmac-sha1"]);
    expect(payload.detail).toContain("aes128-cbc");
    const options = { keepalive: "off", overflow: "hold", auth_order: [] } as const;
    expect(
      await refusal("legacy", { options: { ...options, auth_order: [], algorithms: "compatible" } }),
    ).toMatchObject({ code: "no_common_algorithm", diagnosis: { fix: "legacy" } });
    const { session } = await shellBehind("legacy", {
      options: { ...options, auth_order: [], algorithms: "legacy" },
    });
    expect(session.connected.algorithms).toMatchObject({
      kex: "diffie-hellman-group14-sha1",
      host_key: "ssh-rsa",
      cipher_in: "aes128-cbc",
      mac_in: "hmac-sha1",
    });
    await end(session);
  });

  test("[S64] modern: no set helps, and none is suggested", async () => {
    const payload = await refusal("modern");
    expect(payload).toMatchObject({
      code: "no_common_algorithm",
      diagnosis: { categories: [{ category: "key exchange", offered: ["sntrup761x25519-sha512@openssh.com"] }] },
    });
    expect(payload).not.toHaveProperty("diagnosis.fix");
  });

  test("maxsessions: one channel at a time is all that a session needs", async () => {
    const { session } = await shellBehind("maxsessions");
    expect((await session.request("set_transport", { transport: "exec" } as never)).action).toBe("transport_changed");
    expect(await session.exec("hostname")).toMatchObject({ output: "gate\n", code: 0 });
    expect(await session.exec("echo again")).toMatchObject({ output: "again\n", code: 0 });
    await end(session);
  });

  test("banner: handed to the page before the login, every line of it", async () => {
    const { session, at } = await shellBehind("banner");
    const text = page.messages
      .flatMap((m) => (m.action === "progress" && m.device === at.device ? [m.payload] : []))
      .filter(({ step }) => step === "banner")
      .map((payload) => payload.text ?? "")
      .join("");
    expect(text).toContain("AUTHORISED STAFF ONLY / Zutritt für Befugte");
    expect(text).toContain("=".repeat(200));
    expect(page.messages.findIndex((m) => m.action === "progress" && m.payload.step === "banner")).toBeLessThan(
      page.messages.findIndex((m) => m.device === at.device && m.action === "auth_prompt"),
    );
    await end(session);
  });

  test("expired: a new password is asked for in the login, and then the shell is there", async () => {
    const renewed = "Gr8-new-secret";
    const { session, questions } = await shellBehind("expired", {}, (prompt) =>
      /new password/i.test(prompt) ? renewed : lab.inventory().doors.expired.password,
    );
    expect(questions.flatMap(({ prompts }) => prompts.map(({ prompt }) => prompt)).join("|")).toMatch(
      /[Nn]ew password/,
    );
    await end(session);
    // the new one is the password now
    const { session: second, questions: asked } = await shellBehind("expired", {}, () => renewed);
    expect(asked).toHaveLength(1);
    await end(second);
    await labFault("password", "newbie", "expire");
  });

  test("noexec: the shell works, and a command says why it does not", async () => {
    const entered = await enter("noexec");
    if (entered.outcome.action === "error") throw new Error("noexec did not let us in");
    const session = page.adopt(entered.outcome, entered.at.device, "ssh1");
    await session.waitFor(/gate# $/);
    expect((await session.request("set_transport", { transport: "exec" } as never)).action).toBe("transport_changed");
    const done = await session.exec("show version");
    expect(done).toMatchObject({ code: 1, stderr: "exec is disabled on this device\n" });
    await end(session);
  });

  test("nopty: channel_refused/pty, while a shell without a terminal works", async () => {
    expect(await refusal("nopty")).toMatchObject({ code: "channel_refused", reason: "pty" });
    const { session } = await shellBehind("nopty", { transport: "shell" });
    await end(session);
  });

  test("dropbear: a terminal as with OpenSSH", async () => {
    const { session } = await shellBehind("dropbear");
    expect(session.connected.server_ident).toMatch(/dropbear/);
    await end(session);
  });

  test("refused: unreachable/refused names address and port", async () => {
    const { host, port } = target("refused");
    expect(await refusal("refused")).toMatchObject({
      code: "unreachable",
      reason: "refused",
      detail: expect.stringMatching(new RegExp(`${host}.*${port}`)),
    });
  });

  test("silent and blackhole: dial_timeout says how far it came; both wait without holding anyone up", async () => {
    const waiting = [refusal("silent"), refusal("blackhole")];
    bystander.type("echo meanwhile-$((7 * 6))\n");
    await bystander.waitFor(/meanwhile-42/);
    const [silent, blackhole] = await Promise.all(waiting);
    expect(silent).toMatchObject({ code: "dial_timeout", reason: "kex" });
    expect(blackhole).toMatchObject({ code: "dial_timeout", reason: "tcp" });
  });

  test("slow: five seconds until the password is judged are no failure", async () => {
    const { session } = await shellBehind("slow");
    await end(session);
  });

  test("keyonly: auth_failed/no_method says what the device takes, and nobody is asked", async () => {
    const { outcome, questions } = await enter("keyonly");
    expect(outcome.payload).toMatchObject({
      code: "auth_failed",
      reason: "no_method",
      detail: "the device takes: publickey",
    });
    expect(questions).toEqual([]);
  });

  test("[S44] a changed host key is a hard stop that names both fingerprints", async () => {
    const first = await shellBehind("normal");
    const { host_key } = first.session.connected;
    await end(first.session);
    await labFault("hostkey", "gate", "change");
    const payload = await refusal("normal", { pins: [host_key] });
    expect(payload).toMatchObject({ code: "host_key_changed" });
    // The proxy may have added other keys that this host proved [S50].
    expect(payload.host_keys?.known).toContain(host_key.sha256);
    expect(payload.host_keys?.offered).not.toBe(host_key.sha256);
    await labFault("hostkey", "gate", "restore");
    const again = await shellBehind("normal", { pins: [host_key] });
    await end(again.session);
  });

  test("[S98] every code met here stands in docs/errors.md", async () => {
    const listed = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
    expect(met.size).toBeGreaterThanOrEqual(8);
    for (const code of met) expect(listed).toContain(`| \`${code}\` |`);
  });
});
