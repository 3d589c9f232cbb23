import { describe, expect, test } from "vitest";
import { refusesOwnLogin } from "#workers/keys/reuse-refusal.ts";
import { hostKey, Rig, record, type Via } from "./login-rig.ts";

const WAY: Via = [1, 2].map((n) => ({ host: `10.9.9.${n}`, port: 22, user: "jumper" }));

async function attempt(via: Via) {
  const { desk } = await Rig.start();
  await desk.begin("ssh2", record(via), hostKey);
  return desk.attemptOf(record().id, "ssh2");
}

describe("which ends of a telemetry attempt refuse the device's own login [S59]", () => {
  const rejected = { code: "auth_failed", reason: "rejected" };

  test("[T60] the device's own rejection does, with and without jump hosts", async () => {
    expect(refusesOwnLogin(rejected, await attempt([]))).toBe(true);
    expect(refusesOwnLogin({ ...rejected, hop: 0 }, await attempt([]))).toBe(true);
    expect(refusesOwnLogin({ ...rejected, hop: 2 }, await attempt(WAY))).toBe(true);
    expect(refusesOwnLogin(rejected, undefined)).toBe(true);
  });

  test("[S39] a jump host's does not, nor one of a hop of an attempt that is not known here", async () => {
    const behind = await attempt(WAY);
    expect([0, 1].map((hop) => refusesOwnLogin({ ...rejected, hop }, behind))).toEqual([false, false]);
    expect(refusesOwnLogin({ ...rejected, hop: 0 }, undefined)).toBe(false);
  });

  test.each(["cancelled", "rate_limited", "sign_refused", "no_method", undefined])(
    "[S59] %s says nothing of the password",
    async (reason) => {
      expect(refusesOwnLogin({ ...rejected, reason }, await attempt([]))).toBe(false);
    },
  );

  test("[S59] another code says nothing of the password, whatever its reason", async () => {
    expect(refusesOwnLogin({ ...rejected, code: "device_closed" }, await attempt([]))).toBe(false);
  });
});
