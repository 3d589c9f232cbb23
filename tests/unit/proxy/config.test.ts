import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DIALS_PER_USER_PER_MIN } from "#protocol/limits.ts";
import { type CliArgs, readArgs } from "#proxy/config/cli-args.ts";
import { defaultDataDir, loadConfig } from "#proxy/config.ts";
import { VERSION } from "#proxy/create-proxy.ts";
import { DEFAULT_ALLOW } from "#proxy/target-policy.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-config-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function withFile(text: string, args: Partial<CliArgs> = {}, env: Record<string, string> = {}) {
  await writeFile(join(dir, "config.json"), text);
  return loadConfig({ command: "start", json: false, dataDir: dir, ...args }, env);
}

describe("configuration", () => {
  test("without any of it: loopback, port 7022, demo on, shipped rules, the documented limits", async () => {
    const config = await loadConfig({ command: "start", json: false, dataDir: dir }, {});
    expect(config).toMatchObject({ host: "127.0.0.1", port: 7022, demo: true, node: "n1", drain_s: 5, dataDir: dir });
    expect(config.policy).toEqual({ allow: DEFAULT_ALLOW, deny: [] });
    expect(config.limits.dials_per_user_per_min).toBe(DIALS_PER_USER_PER_MIN);
    expect(config.host_keys.first_use).toBe(true);
  });

  test("flags win over the environment, and that over the file", async () => {
    const text = '{"port": 1111, "demo": true, "drain_s": 9}';
    expect((await withFile(text)).port).toBe(1111);
    expect((await withFile(text, {}, { RACKSIDE_PORT: "2222" })).port).toBe(2222);
    expect((await withFile(text, { port: "3333" }, { RACKSIDE_PORT: "2222" })).port).toBe(3333);
    expect(await withFile(text, {}, { RACKSIDE_DEMO: "no", RACKSIDE_DRAIN_S: "30" })).toMatchObject({
      demo: false,
      drain_s: 30,
    });
    expect((await withFile(text, { demo: false })).demo).toBe(false);
  });

  test("[S28] [S30] --lan listens on every address, and other addresses need a certificate", async () => {
    expect(await withFile('{"lan": true}')).toMatchObject({ lan: true, host: "::" });
    expect(await withFile("{}", { lan: true, host: "10.0.0.1" })).toMatchObject({ lan: true, host: "10.0.0.1" });
    expect(await withFile("{}", {}, { RACKSIDE_LAN: "yes" })).toMatchObject({ lan: true });
    const own = { host: "10.0.0.1", tlsCert: "a.pem", tlsKey: "b.pem" };
    expect(await withFile("{}", own)).toMatchObject({ host: "10.0.0.1", tls: { cert: "a.pem", key: "b.pem" } });
    await expect(withFile("{}", { host: "10.0.0.1" })).rejects.toThrow(/^--host: "10\.0\.0\.1" is not .* Add --lan/);
    await expect(withFile("{}", { tlsCert: "a.pem" })).rejects.toThrow(/^--tls-key: is missing/);
    await expect(withFile("{}", {}, { RACKSIDE_TLS_KEY: "b.pem" })).rejects.toThrow(/^--tls-cert: is missing/);
  });

  test.each([
    ['{\n  "port": 70000\n}', /config\.json, line 2: port: must be 0 to 65535/],
    ['{\n\n  "prot": 1\n}', /config\.json, line 3: prot: is no key/],
    ['{"allow": [{"cidr": "10.0.0.1/8", "ports": [22]}]}', /allow\[0\]\.cidr: must be an address or a network/],
    ['{"allow": [{"cidr": "10.0.0.0/8", "ports": ["22-"]}]}', /allow\[0\]\.ports\[0\]: must be a port/],
    ['{"allow": [{"cidr": "10.0.0.0/8", "ports": []}]}', /allow\[0\]\.ports: must name at least one port/],
    ['{"host": "0.0.0.0"}', /config\.json: host: "0\.0\.0\.0" is not a loopback address/],
    ['{"host": "box.example", "lan": true}', /config\.json: host: "box\.example" is no address/],
    ['{"tls": {"cert": "a.pem"}}', /config\.json: tls\.key: is missing/],
    ['{"allow": [{"ports": [22]}]}', /allow\[0\]: must have either cidr or name/],
    ['{"allow": [{"name": "r1.lab", "ports": [22]}]}', /allow\[0\]: a rule by name needs via/],
    ['{"allow": [{"name": "10.1", "via": ["gw"], "ports": [22]}]}', /allow\[0\]\.name: must be a name, not an address/],
    ['{"allow": [{"cidr": "fe80::1", "ports": [22]}]}', /allow\[0\]\.cidr: a link-local address needs its interface/],
    [
      '{"allow": [{"cidr": "10.0.0.0/8", "ports": [22], "via": ["a b"]}]}',
      /via\[0\]: must be the address or name of a jump/,
    ],
    [
      '{"deny": [{"cidr": "10.0.0.5", "ports": [22], "via": ["10.9.9.9", "jump1"]}]}',
      /deny\[0\]: must name its jump hosts by address/,
    ],
    ['{"host_keys": {"import": ""}}', /host_keys\.import: must not be empty/],
    ['{"agent": {"enabled": "yes"}}', /agent\.enabled: must be true or false/],
    ['{"log": {"level": "loud"}}', /log\.level: must be "debug"/],
    ['{"limits": {"sessions_per_user": 0}}', /limits\.sessions_per_user: must be at least 1/],
    ['{"node": "N 1"}', /node: must be 1 to 32/],
    ['{"serve_as": ["http://x"]}', /serve_as\[0\]: must be a name or address/],
    ['{"port": 1,\n}', /config\.json, line 2: not valid JSON/],
  ])("%s is refused naming file, line and field", async (text, message) => {
    await expect(withFile(text)).rejects.toThrow(message);
  });

  test.each([
    [{ port: "ssh" }, {}, /^--port: must be a number \(it is "ssh"\)/],
    [{ host: "192.168.1.1" }, {}, /^--host: "192\.168\.1\.1" is not a loopback address/],
    [{}, { RACKSIDE_DEMO: "perhaps" }, /^RACKSIDE_DEMO: must be true or false/],
    [{}, { RACKSIDE_HOST: "::" }, /^RACKSIDE_HOST: "::" is not a loopback/],
    [{ config: "/nowhere/at/all.json" }, {}, /all\.json: the configuration file cannot be read \(ENOENT\)/],
  ])("a bad flag or variable is named: %o %o", async (args, env, message) => {
    await expect(loadConfig({ command: "start", json: false, dataDir: dir, ...args }, env)).rejects.toThrow(message);
  });

  test("rules add to the shipped ones, or stand alone with default_allow false", async () => {
    const rule = '{"cidr": "127.0.0.1", "ports": [2222, "8000-8010"], "label": "lab"}';
    const added = await withFile(`{"allow": [${rule}]}`);
    expect(added.policy.allow.at(-1)).toMatchObject({
      label: "lab",
      ports: [
        { from: 2222, to: 2222 },
        { from: 8000, to: 8010 },
      ],
    });
    expect(added.policy.allow).toHaveLength(DEFAULT_ALLOW.length + 1);
    expect((await withFile(`{"allow": [${rule}], "default_allow": false}`)).policy.allow).toHaveLength(1);
  });

  test("loopback names and addresses are accepted for host", async () => {
    for (const host of ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
      expect((await withFile("{}", { host })).host).toBe(host);
  });

  test("state goes to the platform's place", () => {
    expect(defaultDataDir({ XDG_STATE_HOME: "/s" }, "linux")).toBe(join("/s", "rackside"));
    expect(defaultDataDir({}, "darwin")).toContain(join("Application Support", "rackside"));
    expect(defaultDataDir({ LOCALAPPDATA: "/l" }, "win32")).toBe(join("/l", "rackside"));
  });
});

describe("command line", () => {
  test("commands and flags", () => {
    expect(readArgs([])).toMatchObject({ command: "start", json: false });
    expect(readArgs(["pair", "--json"])).toMatchObject({ command: "pair", json: true });
    expect(readArgs(["start", "--port", "0", "--no-demo", "--data-dir", "d", "--config", "c"])).toMatchObject({
      port: "0",
      demo: false,
      dataDir: "d",
      config: "c",
    });
    expect(readArgs(["revoke", "my iPad", "--end-sessions"])).toMatchObject({
      command: "revoke",
      operand: "my iPad",
      endSessions: true,
    });
    expect(readArgs(["clients", "--json"])).toMatchObject({ command: "clients", operand: undefined, json: true });
    expect(readArgs(["disable", "ada"])).toMatchObject({ command: "disable", operand: "ada" });
    expect(readArgs(["allow-changes"]).command).toBe("allow-changes");
    expect(readArgs(["--help"]).command).toBe("help");
    expect(readArgs(["--version"]).command).toBe("version");
  });

  test.each([
    [["--nope"]],
    [["stop"]],
    [["constructor"]],
    [["start", "now"]],
    [["--port"]],
    [["revoke"]],
    [["revoke", "a", "b"]],
    [["clients", "a"]],
    [["enable"]],
    [["start", "--end-sessions"]],
  ])("%j is refused with a hint", (argv) => {
    expect(() => readArgs(argv)).toThrow(/rackside --help/);
  });

  test.each([
    [["--data-dir", "--json"], /^--data-dir needs a value: --data-dir DIR, or --data-dir=DIR for one that begins with/],
    [["--port"], /^--port needs a value: --port N, or/],
    [["--json=1"], /^--json takes no value\. See/],
    [["--help=1"], /^--help takes no value\. See/],
    [["--no_such.thing"], /^unknown option --no_such\.thing\. See rackside --help\.$/],
    [["-x"], /^unknown option -x\. See/],
  ])("what is wrong with %j is said in own words", (argv, text) => {
    expect(() => readArgs(argv)).toThrow(text);
  });

  test("the version is that of the package", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(VERSION).toBe(version);
  });
});
