import { describe, expect, test } from "vitest";
import { emptyForm, formErrors, formOf, newDeviceId, recordOf, splitTarget } from "#ui/connect/device-form.ts";

const filled = { ...emptyForm, host: "10.0.0.1", user: "netops" };

describe("device form", () => {
  test.each([
    ["netops@10.0.0.1:2222", { user: "netops", host: "10.0.0.1", port: "2222" }],
    ["10.0.0.1", { host: "10.0.0.1" }],
    ["ssh://root@[fd00::1]:22", { user: "root", host: "fd00::1", port: "22" }],
    ["fd00::1", { host: "fd00::1" }],
    ["a@b@host", { user: "a@b", host: "host" }],
    [" sw1.example.net: ", { host: "sw1.example.net" }],
  ])("%j is taken apart", (text, parts) => {
    expect(splitTarget(text)).toEqual(parts);
  });

  test.each([
    "10.0.0.1",
    "sw1",
    "sw-1.lab.example.net",
    "fd00:20::5",
    "::1",
    "1:2:3:4:5:6:7:8",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "router_1",
    "bücher.example",
  ])("%s is an address", (host) => {
    expect(formErrors({ ...filled, host })).toEqual({});
  });

  test.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "0x7f000001",
    "2130706433",
    "a b",
    "http://x/y",
    "fd00::1::2",
    "12345::1",
    "1:2:3:4:5:6:7",
    "fe80::1%",
    "-x",
    "a..b",
    "demo:r1",
  ])("[S36] %j is refused, not guessed", (host) => {
    expect(formErrors({ ...filled, host }).host).toBeTypeOf("string");
  });

  test("every wrong field is named at once", () => {
    const errors = formErrors({ ...emptyForm, port: "70000", graceMinutes: "0", note: "x".repeat(2_000) });
    expect(Object.keys(errors).toSorted()).toEqual(["graceMinutes", "host", "note", "port", "user"]);
  });

  test("a record and its form are the same thing", () => {
    const record = recordOf({ ...filled, note: " shelf 2 ", platform: "frr", graceMinutes: "30" }, "A".repeat(22));
    expect(record).toMatchObject({ label: "10.0.0.1", grace_s: 1_800, note: "shelf 2", platform: "frr", pins: [] });
    expect(recordOf(formOf(record), record.id, record)).toEqual(record);
  });

  test("[T42] end markers are on unless the person turns them off, which the record keeps", () => {
    const id = "A".repeat(22);
    expect(recordOf(filled, id).markers).toBeUndefined();
    expect(formOf(recordOf(filled, id)).markers).toBe(true);
    const off = recordOf({ ...filled, markers: false }, id);
    expect(off.markers).toBe(false);
    expect(formOf(off).markers).toBe(false);
    expect(recordOf({ ...formOf(off), markers: true }, id, off).markers).toBeUndefined();
  });

  test("trusted keys stay with their address and go with another one", () => {
    const pin = { type: "ssh-ed25519", key: "AAAA", sha256: `SHA256:${"x".repeat(43)}` };
    const before = { ...recordOf(filled, "A".repeat(22)), pins: [pin] };
    expect(recordOf({ ...filled, label: "new" }, before.id, before).pins).toEqual([pin]);
    expect(recordOf({ ...filled, host: "10.0.0.2" }, before.id, before).pins).toEqual([]);
    expect(recordOf({ ...filled, port: "2222" }, before.id, before).pins).toEqual([]);
  });

  test("ids are 22 characters of base64url", () => {
    expect(newDeviceId((bytes) => bytes.fill(255))).toBe(`${"_".repeat(21)}w`);
    expect(newDeviceId((bytes) => bytes.fill(0))).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
