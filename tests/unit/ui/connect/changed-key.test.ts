import { describe, expect, test } from "vitest";
import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { changedKeyOf } from "#ui/connect/changed-key.ts";
import { placeText, ruleLabel } from "#ui/connect/place-text.ts";

const record: DeviceRecord = {
  id: "d".repeat(22),
  label: "r1",
  target: { host: "10.0.0.1", port: 22, user: "op", via: [{ host: "10.9.9.9", port: 2222, user: "jump" }] },
  algorithms: "modern",
  keepalive: "off",
  grace_s: 900,
  telemetry: "ask",
  pins: [],
};
const host_keys = { known: ["SHA256:old"], offered: "SHA256:new", type: "ssh-ed25519" };
const changed: ErrorPayload = { code: "host_key_changed", retry: "user", host_keys };

describe("[S48] what may be replaced", () => {
  test("the device's key, or that of the jump host which showed another one", () => {
    expect(changedKeyOf({ ...changed, hop: 1 }, record)).toMatchObject({ host: "10.0.0.1", port: 22, isDevice: true });
    expect(changedKeyOf({ ...changed, hop: 0 }, record)).toMatchObject({
      host: "10.9.9.9",
      port: 2222,
      isDevice: false,
    });
    const direct = { ...record, target: { ...record.target, via: [] } };
    expect(changedKeyOf(changed, direct)).toMatchObject({ host: "10.0.0.1", isDevice: true, keys: host_keys });
  });

  test("never a revoked key, and nothing after another end", () => {
    expect(changedKeyOf({ ...changed, reason: "revoked" }, record)).toBeUndefined();
    expect(changedKeyOf({ code: "device_closed", retry: "user" }, record)).toBeUndefined();
    expect(changedKeyOf(undefined, record)).toBeUndefined();
  });
});

test("[S34] the place that one tap allows, and the rule's label without what is not seen", () => {
  expect(placeText("10.0.0.1", 22)).toBe("10.0.0.1:22");
  expect(placeText("fd00::1", 22)).toBe("[fd00::1]:22");
  expect(ruleLabel("core\u202e\u0007 r1")).toBe("core r1");
  expect(ruleLabel("🔑".repeat(100))).toHaveLength(128);
});
