import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogFields } from "#proxy/log.ts";
import { makeCaCertificate, makeLeafCertificate, periodOf } from "#proxy/tls/certificate.ts";
import { tlsFacts } from "#proxy/tls/certificate-facts.ts";
import { CertificateKeeper, type KeeperOptions } from "#proxy/tls/certificate-keeper.ts";
import { namesIn } from "#proxy/tls/leaf.ts";
import { makeLocalCa } from "#proxy/tls/local-ca.ts";
import type { CertificateFiles } from "#proxy/tls/own-certificate.ts";
import { permittedFor } from "#proxy/tls/permitted-names.ts";

const DAY_MS = 86_400_000;
let dir: string;
let now: Date;
let own: string[];
let log: { event: string; fields: LogFields }[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-tls-"));
  now = new Date("2026-11-22T12:00:00Z");
  own = ["localhost", "127.0.0.1", "10.0.0.1"];
  log = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function open(options: Partial<KeeperOptions> & { configured?: readonly string[] } = {}): Promise<CertificateKeeper> {
  const names = { configured: options.configured ?? [], own: () => own };
  return CertificateKeeper.open({
    dataDir: dir,
    files: undefined,
    names,
    log: (_level, event, fields = {}) => void log.push({ event, fields }),
    now: () => now,
    ...options,
  });
}

describe("[S30] a certificate of the local CA", () => {
  test("CA for 10 years, leaf for 397 days, files for the owner alone", async () => {
    const { state } = await open();
    const ca = periodOf(state.ca ?? state.leaf);
    expect(ca.notAfter.toISOString()).toBe("2036-11-22T12:00:00.000Z");
    const leaf = periodOf(state.leaf);
    expect((leaf.notAfter.getTime() - leaf.notBefore.getTime()) / DAY_MS).toBe(397);
    for (const file of ["ca.key", "ca.crt", "leaf.pem"]) {
      expect((await stat(join(dir, "tls", file))).mode & 0o777, file).toBe(0o600);
    }
    expect((await stat(join(dir, "tls"))).mode & 0o777).toBe(0o700);
  });

  test("a restart goes on with the same ones", async () => {
    const first = await open();
    const second = await open();
    expect(second.state.leaf.fingerprint256).toBe(first.state.leaf.fingerprint256);
    expect(second.state.ca?.fingerprint256).toBe(first.state.ca?.fingerprint256);
  });

  test("is renewed at two thirds of its life, and not before", async () => {
    const keeper = await open();
    const before = keeper.state.leaf.fingerprint256;
    const heard: string[] = [];
    keeper.onChange(({ parsed }) => heard.push(parsed.fingerprint256));
    const renews = keeper.state.renews?.getTime() ?? 0;
    now = new Date(renews - 1_000);
    await keeper.look();
    expect(heard).toEqual([]);
    now = new Date(renews);
    await keeper.look();
    expect(heard).toHaveLength(1);
    expect(heard[0]).not.toBe(before);
    expect(keeper.state.leaf.fingerprint256).toBe(heard[0]);
    expect(keeper.state.renews?.getTime()).toBeGreaterThan(renews);
  });

  test("is replaced when the machine gets an address, kept when it loses one", async () => {
    const keeper = await open();
    own = ["localhost", "127.0.0.1", "10.0.0.1", "10.0.0.2"];
    await keeper.look();
    expect(namesIn(keeper.state.leaf)).toContain("10.0.0.2");
    const { fingerprint256 } = keeper.state.leaf;
    own = ["localhost", "127.0.0.1", "10.0.0.2"];
    await keeper.look();
    expect(keeper.state.leaf.fingerprint256).toBe(fingerprint256);
    expect(keeper.names).not.toContain("10.0.0.1");
  });

  test("leaves public addresses of the machine out, and says so", async () => {
    own.push("203.0.113.7");
    const keeper = await open();
    expect(keeper.names).not.toContain("203.0.113.7");
    expect(log).toMatchObject([{ event: "tls.not_served", fields: { names: "203.0.113.7" } }]);
  });

  test("is refused for a name that was configured after the CA was made, with the way out", async () => {
    await open();
    await expect(open({ configured: ["box.example"] })).rejects.toThrow(
      /before "box\.example" was configured.*rackside tls new-ca.*tls enroll/s,
    );
    await makeLocalCa(dir, ["box.example"], now);
    expect((await open({ configured: ["box.example"] })).names).toContain("box.example");
  });

  test("never outlives its CA; an expired CA stops the start", async () => {
    await open();
    now = new Date("2036-11-01T00:00:00Z");
    const keeper = await open();
    expect(periodOf(keeper.state.leaf).notAfter.toISOString()).toBe("2036-11-22T12:00:00.000Z");
    now = new Date("2036-11-23T00:00:00Z");
    await expect(open()).rejects.toThrow(/ca\.crt: has expired/);
  });

  test("a CA that expires while the proxy runs is told once, and nothing more is issued", async () => {
    await open();
    now = new Date("2036-11-01T00:00:00Z");
    const keeper = await open();
    const heard: string[] = [];
    keeper.onChange(({ parsed }) => heard.push(parsed.fingerprint256));
    now = new Date("2036-11-23T00:00:00Z");
    for (let i = 0; i < 3; i += 1) await keeper.look();
    expect(heard).toEqual([]);
    expect(keeper.state.problem).toMatch(/^The local CA has expired\..*rackside tls new-ca/s);
    expect(tlsFacts(keeper.state, now)).toMatchObject({ problem: expect.stringContaining("has expired") });
    expect(log.filter(({ event }) => event === "tls.not_replaced")).toHaveLength(1);
    // The clock was wrong, and is right again.
    now = new Date("2036-11-02T00:00:00Z");
    await keeper.look();
    expect(keeper.state.problem).toBeUndefined();
  });

  test("one that was issued while the clock was ahead is replaced, at the start and while running", async () => {
    await open();
    const right = now;
    now = new Date(right.getTime() + 90 * DAY_MS);
    own = [...own, "10.0.0.9"];
    const ahead = (await open()).state.leaf.fingerprint256;
    now = right;
    const keeper = await open();
    expect(keeper.state.leaf.fingerprint256).not.toBe(ahead);
    expect(periodOf(keeper.state.leaf).notBefore.getTime()).toBeLessThan(right.getTime());
    now = new Date(right.getTime() + 90 * DAY_MS);
    own = [...own, "10.0.0.10"];
    await keeper.look();
    now = right;
    await keeper.look();
    expect(periodOf(keeper.state.leaf).notBefore.getTime()).toBeLessThan(right.getTime());
  });

  test("while the clock is behind the CA the stored certificate stays, none is issued, and people are told", async () => {
    const before = (await open()).state.leaf.fingerprint256;
    const right = now;
    now = new Date("1970-01-01T00:01:00Z");
    const keeper = await open();
    for (let i = 0; i < 3; i += 1) await keeper.look();
    expect(keeper.state.leaf.fingerprint256).toBe(before);
    expect(keeper.state.problem).toMatch(
      /^The local CA is not valid before 2026-11-21T12:00:00\.000Z.*Set the clock right/,
    );
    expect(log.filter(({ event }) => event === "tls.not_replaced")).toHaveLength(1);
    now = right;
    await keeper.look();
    expect([keeper.state.leaf.fingerprint256, keeper.state.problem]).toEqual([before, undefined]);
  });

  test.each([
    ["ca.crt", "nonsense", /ca\.crt: is no certificate/],
    ["ca.key", "nonsense", /ca\.key: is no private key/],
    ["ca.key", undefined, /ca\.key: is missing/],
  ])("a damaged %s (%s) stops the start and is left as it is", async (name, content, message) => {
    await open();
    const file = join(dir, "tls", name);
    if (content === undefined) await rename(file, `${file}.gone`);
    else await writeFile(file, content);
    await expect(open()).rejects.toThrow(message);
    if (content !== undefined) expect(await readFile(file, "utf8")).toBe(content);
  });

  test("a key of another CA is told", async () => {
    await open();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeFile(join(dir, "tls", "ca.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
    await expect(open()).rejects.toThrow(/is not the key of .*ca\.crt/);
  });

  test("a damaged leaf costs nothing: another is made", async () => {
    await open();
    await writeFile(join(dir, "tls", "leaf.pem"), "nonsense");
    expect((await open()).state.leaf.ca).toBe(false);
  });
});

describe("[S31] a certificate of the site's own", () => {
  const caKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const issuerPeriod = { notBefore: new Date("2020-01-01Z"), notAfter: new Date("2050-01-01Z") };
  const issuer = {
    key: caKey,
    certificate: makeCaCertificate(caKey, "Site CA", issuerPeriod, permittedFor(["box.example"])),
  };

  async function files(
    name: string,
    from = "2026-01-01Z",
    to = "2027-01-01Z",
    encrypted = false,
  ): Promise<CertificateFiles> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const period = { notBefore: new Date(from), notAfter: new Date(to) };
    const found = { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
    await writeFile(found.cert, makeLeafCertificate(privateKey, ["box.example", "10.0.0.1"], period, issuer));
    const secret = encrypted ? { cipher: "aes-256-cbc", passphrase: "x" } : {};
    await writeFile(found.key, privateKey.export({ type: "pkcs8", format: "pem", ...secret }));
    return found;
  }

  test("is presented as it is, and no CA is made", async () => {
    const keeper = await open({ files: await files("a") });
    expect(keeper.state).toMatchObject({ source: "files", ca: undefined, renews: undefined });
    expect(keeper.names).toEqual(["box.example", "10.0.0.1", "localhost", "127.0.0.1"]);
    await expect(stat(join(dir, "tls"))).rejects.toThrow("ENOENT");
  });

  test.each<[string, () => Promise<CertificateFiles>, RegExp]>([
    [
      "no certificate file",
      async () => ({ ...(await files("a")), cert: join(dir, "none") }),
      /^tls\.cert: .*none: cannot be read \(ENOENT\)/,
    ],
    [
      "no key file",
      async () => ({ ...(await files("a")), key: join(dir, "none") }),
      /^tls\.key: .*none: cannot be read/,
    ],
    [
      "files swapped",
      async () => {
        const { cert, key } = await files("a");
        return { cert: key, key: cert };
      },
      /^tls\.cert: .*holds a private key/,
    ],
    [
      "a key for a key",
      async () => {
        const { cert } = await files("a");
        return { cert, key: cert };
      },
      /^tls\.key: .*holds no private key/,
    ],
    [
      "another key",
      async () => ({ ...(await files("a")), key: (await files("b")).key }),
      /^tls\.key: .*is not the key of/,
    ],
    ["a key with a passphrase", () => files("a", undefined, undefined, true), /^tls\.key: .*has a passphrase/],
    ["one that has expired", () => files("a", "2025-01-01Z", "2026-02-01Z"), /^tls\.cert: .*expired on 2026-02-01/],
    ["one for later", () => files("a", "2027-01-01Z", "2028-01-01Z"), /^tls\.cert: .*not valid before 2027-01-01/],
    [
      "no PEM",
      async () => {
        const found = await files("a");
        await writeFile(found.cert, "0\x82");
        return found;
      },
      /^tls\.cert: .*is not a PEM file/,
    ],
  ])("%s is refused naming the file", async (_what, make, message) => {
    await expect(open({ files: await make() })).rejects.toThrow(message);
  });

  test("names that it is not good for are told", async () => {
    await open({ files: await files("a"), configured: ["other.example"] });
    expect(log).toMatchObject([{ event: "tls.names_not_in_certificate", fields: { names: "other.example" } }]);
  });

  test("replaced files are taken up; bad ones are not, and the old certificate stays", async () => {
    const current = await files("a");
    const keeper = await open({ files: current });
    const before = keeper.state.leaf.fingerprint256;
    const next = await files("b");
    await rename(next.cert, current.cert);
    await keeper.look();
    expect(keeper.state.leaf.fingerprint256).toBe(before);
    expect(keeper.state.problem).toMatch(/is not the key of/);
    await keeper.look();
    expect(log.filter(({ event }) => event === "tls.not_replaced")).toHaveLength(1);
    await rename(next.key, current.key);
    await keeper.look();
    expect(keeper.state.leaf.fingerprint256).not.toBe(before);
    expect(keeper.state.problem).toBeUndefined();
  });

  test("a file that cannot be read for a while changes nothing", async () => {
    const current = await files("a");
    const keeper = await open({ files: current });
    await rename(current.cert, `${current.cert}.away`);
    await keeper.look();
    expect(keeper.state.problem).toMatch(/ENOENT/);
    await rename(`${current.cert}.away`, current.cert);
    await chmod(current.cert, 0o600);
    await keeper.look();
    expect(keeper.state.problem).toBeUndefined();
  });
});

describe("[S31] what people are told", () => {
  test("fingerprints, dates, and a warning below 21 days", async () => {
    const { state } = await open();
    const facts = tlsFacts(state, now);
    if (facts.mode === "none") throw new Error("there is a certificate");
    expect(facts).toMatchObject({ mode: "local_ca", ca: { warns: false }, leaf: { days_left: 396, warns: false } });
    expect(facts.ca?.sha256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(facts.leaf.names).toContain("10.0.0.1");
    const expiry = periodOf(state.leaf).notAfter.getTime();
    const days = (count: number) => tlsFacts(state, new Date(expiry - count * DAY_MS));
    expect(days(21)).toMatchObject({ leaf: { days_left: 21, warns: false } });
    expect(days(20.9)).toMatchObject({ leaf: { days_left: 20, warns: true } });
    expect(tlsFacts(undefined, now)).toEqual({ mode: "none" });
  });
});
