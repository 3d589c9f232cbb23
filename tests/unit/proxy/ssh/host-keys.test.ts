import { createHmac, generateKeyPairSync } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HostKey } from "#protocol/messages/target.ts";
import { HOST_KEY_MAX_BYTES, hostKeyBits, hostKeyOf } from "#proxy/ssh/host-key.ts";
import { decideHostKey, pinVerdict, type StoreVerdict } from "#proxy/ssh/host-key-decision.ts";
import { hostPattern, KnownHosts } from "#proxy/ssh/known-hosts.ts";

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function ed25519(): HostKey {
  const raw = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const key = hostKeyOf(Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]));
  if (key === undefined) throw new Error("no key");
  return key;
}

describe("host keys", () => {
  test("type, size and fingerprint as OpenSSH prints them", () => {
    const blob = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const key = hostKeyOf(Buffer.from(blob, "base64"));
    expect(key).toEqual({
      type: "ssh-ed25519",
      key: blob,
      sha256: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
    });
    expect(hostKeyBits(key as HostKey)).toBe(256);
    const modulus = Buffer.concat([Buffer.from([0]), Buffer.alloc(256, 0xff)]);
    const rsa = hostKeyOf(
      Buffer.concat([field(Buffer.from("ssh-rsa")), field(Buffer.from([1, 0, 1])), field(modulus)]),
    );
    expect(hostKeyBits(rsa as HostKey)).toBe(2_048);
  });

  test("[S2] the largest RSA keys are keys; what does not fit into a message is none", () => {
    const rsa = (bytes: number) =>
      hostKeyOf(
        Buffer.concat([field(Buffer.from("ssh-rsa")), field(Buffer.from([1, 0, 1])), field(Buffer.alloc(bytes, 1))]),
      );
    expect(hostKeyBits(rsa(2_048) as HostKey)).toBeGreaterThan(16_000);
    expect(rsa(HOST_KEY_MAX_BYTES)).toBeUndefined();
  });

  test.each(["", "AAAA", "/////w==", "AAAAAQA="])("[S2] a malformed key (%s) is no key", (base64) => {
    expect(hostKeyOf(Buffer.from(base64, "base64"))).toBeUndefined();
  });
});

describe("[S44] the decision table", () => {
  const table: [StoreVerdict, StoreVerdict, boolean, object][] = [
    ["same", "same", true, { kind: "go", learn: false }],
    ["same", "none", true, { kind: "go", learn: true }],
    ["same", "same", false, { kind: "go" }],
    ["same", "none", false, { kind: "go" }],
    ["none", "same", true, { kind: "ask", knownSince: "2026-01-02T03:04:05Z" }],
    ["none", "none", true, { kind: "ask", knownSince: undefined }],
    ["none", "same", false, { kind: "fail", code: "host_key_unknown" }],
    ["none", "none", false, { kind: "fail", code: "host_key_unknown" }],
    ["other", "same", true, { kind: "fail", code: "host_key_changed" }],
    ["other", "none", true, { kind: "fail", code: "host_key_changed" }],
    ["same", "other", true, { kind: "fail", code: "host_key_changed" }],
    ["none", "other", true, { kind: "fail", code: "host_key_changed" }],
    ["none", "other", false, { kind: "fail", code: "host_key_changed" }],
    ["same", "revoked", true, { kind: "fail", code: "host_key_changed", reason: "revoked" }],
    ["other", "revoked", false, { kind: "fail", code: "host_key_changed", reason: "revoked" }],
  ];
  test.each(table)("B %s, P %s, someone to ask: %s", (b, p, canAsk, expected) => {
    expect(decideHostKey({ b, p, canAsk, firstUse: true, knownSince: "2026-01-02T03:04:05Z" })).toMatchObject(expected);
  });

  test("[S45] with first use off, an unknown key fails and a known one is asked for", () => {
    const off = { canAsk: true, firstUse: false };
    expect(decideHostKey({ b: "none", p: "none", ...off })).toMatchObject({ kind: "fail", reason: "first_use_off" });
    expect(decideHostKey({ b: "none", p: "same", ...off })).toMatchObject({ kind: "ask" });
  });

  test("pins: any match is same, none is none, anything else is other", () => {
    const [a, b] = [ed25519(), ed25519()];
    expect(pinVerdict([], a)).toBe("none");
    expect(pinVerdict([b, a], a)).toBe("same");
    expect(pinVerdict([b], a)).toBe("other");
  });
});

describe("[S51] store P", () => {
  let dir: string;
  let file: string;
  const notices: string[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "rackside-known-"));
    file = join(dir, "known_hosts");
    notices.length = 0;
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const load = () => KnownHosts.load(file, (text) => void notices.push(text));

  test("learns in OpenSSH's form with the date, per host and port, and reads it again", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const store = await load();
    await Promise.all([
      store.learn({ host: "R1.lab", port: 22 }, a, new Date("2026-02-03T04:05:06Z")),
      store.learn({ host: "10.0.0.1", port: 2222 }, b, new Date()),
    ]);
    await store.learn({ host: "r1.lab", port: 22 }, b, new Date());
    const text = await readFile(file, "utf8");
    expect(text.split("\n")[0]).toBe(`r1.lab ssh-ed25519 ${a.key} 2026-02-03T04:05:06.000Z`);
    expect(text.split("\n")[1]).toMatch(/^\[10\.0\.0\.1\]:2222 /);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await load();
    expect(again.look({ host: "r1.lab", port: 22 }, a)).toMatchObject({
      verdict: "same",
      since: "2026-02-03T04:05:06.000Z",
    });
    expect(again.look({ host: "r1.lab", port: 22 }, b)).toMatchObject({ verdict: "other", known: [{ key: a }] });
    expect(again.look({ host: "r1.lab", port: 2222 }, a)).toMatchObject({ verdict: "none" });
  });

  test("hashed names, revoked keys and comments are understood; certificate authorities are skipped with a notice", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const salt = Buffer.from("01234567890123456789");
    const hash = createHmac("sha1", salt).update("r2.lab").digest("base64");
    await writeFile(
      file,
      `# mine\n|1|${salt.toString("base64")}|${hash} ssh-ed25519 ${a.key}\n@revoked r2.lab ssh-ed25519 ${b.key}\n@cert-authority *.lab ssh-ed25519 ${a.key}\n`,
    );
    const store = await load();
    expect(store.look({ host: "r2.lab", port: 22 }, a).verdict).toBe("same");
    expect(store.look({ host: "r2.lab", port: 22 }, b).verdict).toBe("revoked");
    expect(notices).toEqual([expect.stringContaining("line 4")]);
  });

  test("a damaged file fails closed and names the line", async () => {
    await writeFile(file, `r1 ssh-ed25519 ${ed25519().key}\nr2 ssh-ed25519 AAAA\n`);
    await expect(load()).rejects.toThrow(/known_hosts, line 2/);
  });

  test("[S2] edits made while it runs count at the next look, and are kept by the next write", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const [r1, r2] = [
      { host: "r1", port: 22 },
      { host: "r2", port: 22 },
    ];
    const store = await load();
    await store.learn(r1, a, new Date());
    await appendFile(file, `@revoked r1 ssh-ed25519 ${a.key}\n`);
    expect(await store.refresh()).toBeUndefined();
    expect(store.look(r1, a).verdict).toBe("revoked");
    await appendFile(file, `r2 ssh-ed25519 ${b.key}\n`);
    expect(await store.learn(r2, a, new Date())).toBe(false);
    expect(await store.add(r2, a, new Date())).toBe(true);
    const text = await readFile(file, "utf8");
    expect(text).toContain("@revoked r1");
    expect(text).toContain(`r2 ssh-ed25519 ${b.key}\n`);
    await rm(file);
    await store.refresh();
    expect(store.look(r1, a).verdict).toBe("none");
  });

  test("[S2] one that is damaged while it runs fails closed, names the line, stays untouched, and counts again once mended", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const place = { host: "r1", port: 22 };
    const store = await load();
    await store.learn(place, a, new Date());
    const good = await readFile(file, "utf8");
    const damaged = `${good}r2 ssh-ed25519 AAAA\n`;
    await writeFile(file, damaged);
    for (let i = 0; i < 2; i += 1)
      expect(await store.refresh()).toMatch(/^known_hosts, line 2: not a known_hosts line/);
    await expect(store.learn({ host: "r3", port: 22 }, b, new Date())).rejects.toThrow(/line 2/);
    await expect(store.add(place, b, new Date())).rejects.toThrow(/line 2/);
    await expect(store.replace(place, b, new Date())).rejects.toThrow(/line 2/);
    expect(await readFile(file, "utf8")).toBe(damaged);
    await writeFile(file, good);
    expect(await store.refresh()).toBeUndefined();
    expect(store.look(place, a).verdict).toBe("same");
  });

  test("[S51] one that is removed while it runs is an empty one from then on, which is told once; the next key makes it anew", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const place = { host: "r1", port: 22 };
    await writeFile(file, `@revoked r1 ssh-ed25519 ${b.key}\n`);
    const store = await load();
    await store.learn(place, a, new Date());
    expect([store.look(place, a).verdict, store.look(place, b).verdict]).toEqual(["same", "revoked"]);
    await rm(file);
    for (let i = 0; i < 2; i += 1) expect(await store.refresh()).toBeUndefined();
    expect([store.look(place, a).verdict, store.look(place, b).verdict]).toEqual(["none", "none"]);
    expect(store.keysOf(place)).toEqual([]);
    const removed = [expect.stringMatching(/known_hosts: was removed/)];
    expect(notices).toEqual(removed);
    expect(await store.learn(place, b, new Date())).toBe(true);
    expect(await readFile(file, "utf8")).toMatch(/^r1 ssh-ed25519 \S+ \S+\n$/);
    // Straight after a write, without a look in between, and when it was never there: each as it is.
    await rm(file);
    expect(await store.add(place, a, new Date())).toBe(false);
    expect(store.look(place, b).verdict).toBe("none");
    expect(notices).toEqual([...removed, ...removed]);
    await load();
    expect(notices).toHaveLength(2);
  });

  test("[S2] one that is there and cannot be looked at is no empty one", async () => {
    const store = await load();
    const unreachable = join(dir, "known_hosts", "deeper");
    await writeFile(file, "");
    await store.refresh();
    await expect(KnownHosts.load(unreachable, () => {})).rejects.toThrow(/cannot be read \(ENOTDIR\)/);
    await rm(file);
    await mkdir(file);
    expect(await store.refresh()).toMatch(/cannot be read \(EISDIR\)/);
  });

  test("[S51] an imported file that is removed while it runs fails closed: it was asked for", async () => {
    const own = join(dir, "users_known_hosts");
    const a = ed25519();
    await writeFile(own, `r3 ssh-ed25519 ${a.key}\n`);
    const store = await KnownHosts.load(file, (notice) => void notices.push(notice), own);
    await rm(own);
    for (let i = 0; i < 2; i += 1) expect(await store.refresh()).toMatch(/cannot be read \(ENOENT\)/);
    await writeFile(own, "");
    expect(await store.refresh()).toBeUndefined();
    expect(store.look({ host: "r3", port: 22 }, a).verdict).toBe("none");
  });

  test("[S36] a host has its keys under every spelling of its address or name, also where the file has another one", async () => {
    const [a, b] = [ed25519(), ed25519()];
    await writeFile(file, `::ffff:10.0.0.9,r9.lab. ssh-ed25519 ${a.key}\n[fd00:0::9]:2222 ssh-ed25519 ${a.key}\n`);
    const store = await load();
    for (const host of [
      "10.0.0.9",
      "[10.0.0.9]",
      "::ffff:a00:9",
      "64:ff9b::a00:9",
      "2002:a00:9::1",
      "R9.lab",
      "r9.lab.",
    ])
      expect([host, store.look({ host, port: 22 }, b).verdict]).toEqual([host, "other"]);
    expect(store.look({ host: "[FD00::0:9]", port: 2222 }, a).verdict).toBe("same");
    await store.learn({ host: "[::ffff:10.0.0.8]", port: 22 }, a, new Date());
    await store.learn({ host: "10.0.0.7", port: 22, behind: hostPattern("[::ffff:10.0.0.8]", 22) }, a, new Date());
    expect(await readFile(file, "utf8")).toMatch(/\n10\.0\.0\.8 ssh-ed25519 .*\n10\.0\.0\.7@10\.0\.0\.8 ssh-ed25519 /);
  });

  test("a file of the OS user is read, never written; a damaged one fails closed and is named", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const own = join(dir, "users_known_hosts");
    const text = `r3.lab,10.0.0.3 ssh-ed25519 ${a.key}\n*.core.lab,!odd.core.lab ssh-ed25519 ${b.key}\nold 1024 35 1234\n`;
    await writeFile(own, text);
    const store = await KnownHosts.load(file, (notice) => void notices.push(notice), own);
    expect(store.look({ host: "10.0.0.3", port: 22 }, a).verdict).toBe("same");
    expect(store.look({ host: "R3.lab", port: 22 }, b).verdict).toBe("other");
    expect(store.look({ host: "x1.core.lab", port: 22 }, b).verdict).toBe("same");
    expect(store.look({ host: "odd.core.lab", port: 22 }, b).verdict).toBe("none");
    expect(notices).toEqual([expect.stringMatching(/users_known_hosts, line 3: keys of SSH protocol 1/)]);
    await store.learn({ host: "new", port: 22 }, a, new Date());
    expect(await readFile(own, "utf8")).toBe(text);
    await expect(store.replace({ host: "10.0.0.3", port: 22 }, b, new Date())).rejects.toThrow(/imported/);
    await writeFile(own, `${text}@revoked r3.lab ssh-ed25519 ${a.key}\n`);
    await store.refresh();
    expect(store.look({ host: "r3.lab", port: 22 }, a).verdict).toBe("revoked");
    await writeFile(own, `fine ssh-ed25519 ${a.key}\n@something r1 ssh-ed25519 ${a.key}\n`);
    await expect(KnownHosts.load(file, () => {}, own)).rejects.toThrow(/users_known_hosts, line 2/);
    await expect(KnownHosts.load(file, () => {}, join(dir, "missing"))).rejects.toThrow(/cannot be read \(ENOENT\)/);
  });

  test("[S48] a replaced key takes the place of the old one; other hosts, revoked lines and comments stay", async () => {
    const [a, b, c] = [ed25519(), ed25519(), ed25519()];
    await writeFile(
      file,
      `# mine\nr1 ssh-ed25519 ${a.key}\nr2 ssh-ed25519 ${a.key}\n@revoked r1 ssh-ed25519 ${c.key}\nr8,r9 ssh-ed25519 ${a.key}\n`,
    );
    const store = await load();
    await store.replace({ host: "r1", port: 22 }, b, new Date("2026-05-06T07:08:09Z"));
    const again = await load();
    expect(again.look({ host: "r1", port: 22 }, b)).toMatchObject({
      verdict: "same",
      since: "2026-05-06T07:08:09.000Z",
    });
    expect(again.look({ host: "r1", port: 22 }, a).verdict).toBe("other");
    expect(again.look({ host: "r1", port: 22 }, c).verdict).toBe("revoked");
    expect(again.look({ host: "r2", port: 22 }, a).verdict).toBe("same");
    expect(await readFile(file, "utf8")).toMatch(/^# mine\n/);
    await expect(store.replace({ host: "r9", port: 22 }, b, new Date())).rejects.toThrow(/several hosts/);
  });

  test("[S50] a further key is added beside the known one, a revoked or a stranger's is not, and there is an end to it", async () => {
    const [a, b, c] = [ed25519(), ed25519(), ed25519()];
    const place = { host: "r1", port: 22 };
    await writeFile(file, `@revoked r1 ssh-ed25519 ${c.key}\n`);
    const store = await load();
    const now = new Date();
    expect(await store.add(place, a, now)).toBe(false);
    await store.learn(place, a, now);
    expect(await Promise.all([a, b, b, c].map((key) => store.add(place, key, now)))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    const again = await load();
    expect([a, b, c].map((key) => again.look(place, key).verdict)).toEqual(["same", "same", "revoked"]);
    let added = 0;
    for (let i = 0; i < 20; i += 1) if (await store.add(place, ed25519(), now)) added += 1;
    expect(added).toBe(6);
  });

  test("[S39] behind a jump host the same address is another box; a plain line only confirms", async () => {
    const [a, b] = [ed25519(), ed25519()];
    const [site1, site2] = ["[gw1]:22", "[gw2]:22"].map((behind) => ({ host: "192.168.1.1", port: 22, behind }));
    const direct = { host: "192.168.1.1", port: 22 };
    const store = await load();
    await store.learn(direct, a, new Date());
    if (site1 === undefined || site2 === undefined) throw new Error("no sites");
    expect(store.look(site1, a).verdict).toBe("same");
    expect(store.look(site1, b).verdict).toBe("none");
    await store.learn(site1, b, new Date());
    const again = await load();
    expect(again.look(site1, b).verdict).toBe("same");
    expect(again.look(site1, a).verdict).toBe("other");
    expect(again.look(site2, b).verdict).toBe("none");
    expect(again.look(direct, a).verdict).toBe("same");
  });
});
