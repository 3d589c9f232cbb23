/** Keys, a second factor, old algorithms and jump hosts, against the lab's servers. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DoorName, labClear, requireLab } from "#support/lab.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type ConnectOptions, type Target, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import { type SignerType, WireSigner } from "#support/wire-signer.ts";

const lab = await requireLab();
const run = promisify(execFile);
const OPTIONS = { keepalive: "off", overflow: "hold" } as const;

describe.skipIf(!lab.up)("[S52] keys of the page against the lab", () => {
  let proxy: TestProxy;
  let page: WirePage;
  const signers = new Map<SignerType, WireSigner>();

  beforeAll(async () => {
    await labClear();
    const { keys } = lab.inventory();
    const folder = await mkdtemp(join(tmpdir(), "rackside-keys-"));
    try {
      for (const type of ["ed25519", "ecdsa", "rsa"] as const)
        signers.set(type, await signerOf(folder, keys[type], type));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    proxy = await startTestProxy({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  });
  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
    await labClear();
  });

  /** The lab's key, in the form that Node reads. */
  async function signerOf(folder: string, file: string, type: SignerType): Promise<WireSigner> {
    const copy = join(folder, type);
    await run("cp", [file, copy]);
    await run("chmod", ["600", copy]);
    // OpenSSH writes Ed25519 keys in its own form only: there the seed is cut out of it.
    if (type === "ed25519") return new WireSigner(type, type, ed25519Pem(await readFile(copy, "utf8")));
    await run("ssh-keygen", ["-p", "-q", "-N", "", "-m", "PKCS8", "-f", copy]);
    return new WireSigner(type, type, await readFile(copy, "utf8"));
  }

  function signer(type: SignerType): WireSigner {
    const found = signers.get(type);
    if (found === undefined) throw new Error(type);
    return found;
  }

  function target(name: DoorName): Target {
    const { host, port, user } = lab.inventory().doors[name];
    return { host, port, user, via: [] };
  }

  function wish(
    types: readonly SignerType[],
    algorithms: "modern" | "compatible" | "legacy" = "modern",
  ): ConnectOptions {
    const keys = types.map((type) => signer(type).offered());
    return { auth: { keys, proof: true, agent: [] }, options: { ...OPTIONS, algorithms, auth_order: [] } };
  }

  test.each(["ed25519", "ecdsa", "rsa"] as const)("keyonly: %s logs in without a prompt", async (type) => {
    const session = await page.connect(target("keyonly"), wish([type]), { signers: [...signers.values()] });
    expect(session.connected).toMatchObject({ auth_method: "publickey", auth_key: type });
    session.type("echo by-key-$((6 * 7))\n");
    await session.waitFor(/by-key-42/);
    await session.request("disconnect", {} as never);
  });

  test("[S58] twofactor: the key first, and then the prompt of the second factor", async () => {
    const { password } = lab.inventory().doors.twofactor;
    const session = await page.connect(
      target("twofactor"),
      { ...wish(["ed25519"]), password },
      { signers: [...signers.values()] },
    );
    const asked = page.messages.flatMap((m) =>
      m.device === session.device && (m.action === "sign" || m.action === "auth_prompt") ? [m.action] : [],
    );
    expect(asked).toEqual(["sign", "auth_prompt"]);
    await session.request("disconnect", {} as never);
    const without = await page.settleConnect(page.startConnect(target("twofactor")), { password });
    expect(without.payload).toMatchObject({ code: "auth_failed", reason: "no_method" });
  });

  test("[S61] [S64] ancient: named, with the one set that helps; with it the key logs in", async () => {
    for (const set of ["modern", "compatible"] as const) {
      const refused = await page.settleConnect(page.startConnect(target("ancient"), wish(["rsa"], set)));
      expect(refused.payload).toMatchObject({ code: "no_common_algorithm", diagnosis: { fix: "legacy" } });
    }
    const session = await page.connect(target("ancient"), wish(["rsa"], "legacy"), { signers: [...signers.values()] });
    expect(session.connected.algorithms).toMatchObject({
      kex: "diffie-hellman-group1-sha1",
      host_key: "ssh-rsa",
      cipher_in: "3des-cbc",
      mac_in: "hmac-md5",
    });
    session.type("echo old-$((40 + 2))\n");
    await session.waitFor(/old-42/);
    await session.request("disconnect", {} as never);
  });

  test("[S39] through the host and the gate to a router, by key at each hop", async () => {
    const { nodes, users } = lab.inventory();
    const via = [
      { host: nodes.host.host, port: 22, user: "linux" },
      { host: nodes.gate.host, port: 22, user: "linux" },
    ];
    const keys = [0, 1, 2].map((hop) => ({ ...signer("ed25519").offered(hop), id: "ed25519" }));
    const session = await page.connect(
      { host: nodes.r1.host, port: 22, user: "linux", via },
      { auth: { keys, proof: true, agent: [] }, password: users.linux.password },
      { signers: [...signers.values()] },
    );
    expect(session.connected.via_host_keys).toHaveLength(2);
    session.type("hostname; echo $SSH_CONNECTION\n");
    await session.waitFor(/r1\r?\n/);
    // The router saw the gate, not this machine.
    await session.waitFor(
      new RegExp(`${nodes.gate.host.replaceAll(".", "\\.")} \\d+ ${nodes.r1.host.replaceAll(".", "\\.")} 22`),
    );
    await session.request("disconnect", {} as never);
  });
});

/** PKCS#8 of an unencrypted Ed25519 key in OpenSSH's form: the 32 bytes before the public key's second copy. */
function ed25519Pem(text: string): string {
  const bytes = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const name = Buffer.from("ssh-ed25519");
  const second = bytes.indexOf(name, bytes.indexOf(name) + name.length);
  // Behind the name: public key (4 + 32), then the private part (4 + 64), which begins with the seed.
  const seed = bytes.subarray(second + name.length + 36 + 4, second + name.length + 36 + 4 + 32);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
}
