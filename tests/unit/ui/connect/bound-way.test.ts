import { describe, expect, test } from "vitest";
import { isSameWay, movedFrom, wayOf, wayText } from "#ui/connect/bound-way.ts";
import { pinsOf } from "#ui/connect/changed-key.ts";
import { bindingText, movedDevice, placeAt } from "#ui/vault/binding-text.ts";
import { isSameWay as isSameToWorker } from "#workers/keys/bound-way.ts";
import { placeName } from "#workers/keys/tablet-pins.ts";

const hop = { host: "10.9.9.9", port: 22, user: "jumper" };
const target = { host: "10.0.0.1", port: 22, user: "admin", via: [] as (typeof hop)[] };
const choice = { keys: ["k"], via_keys: [], sign_hidden: false };
const others = [
  { ...target, host: "10.0.0.2" },
  { ...target, port: 23 },
  { ...target, user: "root" },
  { ...target, via: [hop] },
  { ...target, via: [{ ...hop, user: "other" }] },
];

describe("[S47] [S67] where a login was chosen for", () => {
  test("page and worker agree on what is the same way", () => {
    for (const a of [target, ...others]) {
      for (const b of [target, ...others]) {
        expect(isSameWay(wayOf(a), wayOf(b))).toBe(a === b);
        expect(isSameToWorker(a, b)).toBe(a === b);
      }
    }
  });

  test("a login is moved when the list says another address, port, user or way, and never when it offers nothing", () => {
    const bound = wayOf(target);
    expect(movedFrom({ ...choice, bound }, target)).toBeUndefined();
    for (const other of others) expect(movedFrom({ ...choice, bound }, other)).toEqual({ before: bound });
    expect(movedFrom(choice, target)).toEqual({ before: undefined });
    expect(movedFrom({ ...choice, once: true }, target)).toBeUndefined();
    expect(movedFrom({ keys: [], via_keys: [[]], via_passwords: [null], sign_hidden: true }, target)).toBeUndefined();
    expect(movedFrom(undefined, target)).toBeUndefined();
  });

  test("a way in words names every host", () => {
    expect(wayText(wayOf({ ...target, via: [hop] }))).toBe("admin@10.0.0.1:22 via jumper@10.9.9.9:22");
  });

  test("[S44] page and worker name the place of a host alike", () => {
    const key = { type: "ssh-ed25519", key: "AAAA", sha256: "SHA256:x" };
    for (const via of [[], [hop], [hop, { ...hop, host: "fd00::1" }]]) {
      const place = { host: "10.0.0.1", port: 22, via };
      expect(pinsOf({ [placeName(place)]: [key] }, place)).toEqual([key]);
      expect(pinsOf({ [placeName(place)]: [key] }, { ...place, port: 23 })).toEqual([]);
    }
  });
});

describe("[S67] entries of the vault that are bound to a device", () => {
  const at = { host: "10.0.0.1", port: 22, user: "admin" };
  const devices = [{ id: "d1", label: "Core", at }];

  test("say so when the device is somewhere else by now", () => {
    const [device] = devices;
    if (device === undefined) throw new Error("no device");
    expect(movedDevice(placeAt(device), devices)).toBeUndefined();
    expect(bindingText(placeAt(device), devices)).toBe("Core");
    const old = { kind: "device" as const, device: "d1", at: { ...at, host: "10.0.0.9" } };
    expect(movedDevice(old, devices)).toEqual(device);
    expect(bindingText(old, devices)).toBe("Core, when it was admin@10.0.0.9:22");
    expect(bindingText({ kind: "device", device: "d1" }, devices)).toContain("not noted");
  });
});
