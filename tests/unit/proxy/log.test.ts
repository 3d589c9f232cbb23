import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { logLine } from "#proxy/log.ts";
import { seededRandom } from "#support/seeded-random.ts";

const AT = new Date(0);

function written(fields: Record<string, string>): Record<string, unknown> {
  return JSON.parse(logLine(AT, "info", "event", fields)) as Record<string, unknown>;
}

describe("log", () => {
  test("[S94] the code of an error stands in its line", () => {
    expect(written({ code: "hostkey_mismatch", reason: "pinned" })).toEqual({
      ts: AT.toISOString(),
      level: "info",
      event: "event",
      code: "hostkey_mismatch",
      reason: "pinned",
    });
  });

  test("[S49] every host-key fingerprint stays whole, whatever letters it has", () => {
    // Without "+" and "/" a fingerprint looks like a token; among these many do.
    const prints = Array.from({ length: 200 }, (_, i) => createHash("sha256").update(`${i}`).digest("base64"));
    const plain = prints.filter((text) => !/[+/]/.test(text));
    expect(plain.length).toBeGreaterThan(20);
    for (const text of prints) {
      const offered = `SHA256:${text.replace("=", "")}`;
      expect(written({ offered }).offered).toBe(offered);
      expect(written({ text: `r1 offered ${offered}, not known` }).text).toBe(`r1 offered ${offered}, not known`);
    }
  });

  test.each(["pairing_code", "token", "resume_token", "password", "cookie", "answers", "nonce", "signature", "sig"])(
    "[S72] what is named %s is never written",
    (name) => {
      expect(written({ [name]: "short" })[name]).toBe("[redacted]");
    },
  );

  test.each([
    ["label", "Tablet-of-the-night-shift-in-Frankfurt-Building-7-Rack-14"],
    ["label", "tablet_der_nachtschicht_frankfurt_gebaeude_sieben_links"],
    ["label", "TabletOfTheNightShiftInFrankfurtBuildingSevenRackFourteen"],
    ["label", "NOC-FRANKFURT-BUILDING-7-RACK-14-LEFT-SIDE-TABLET"],
  ])("[S93] a long %s of words stays readable", (name, text) => {
    expect(written({ [name]: text })[name]).toBe(text);
    expect(written({ detail: text }).detail).toContain("[redacted]");
  });

  test("[S72] a token in a label is not written either", () => {
    const random = seededRandom(7);
    for (let i = 0; i < 200; i += 1) {
      const token = Buffer.from(random.bytes(32)).toString("base64url");
      expect(written({ label: `my ${token}` }).label, token).toBe("my [redacted]");
      expect(written({ label: Buffer.from(random.bytes(32)).toString("hex") }).label).toBe("[redacted]");
    }
  });

  test("[S72] tokens inside other values are not written, also behind the mark of a fingerprint", () => {
    const token = randomBytes(32).toString("base64url");
    expect(written({ text: `token ${token} was shown` }).text).toBe("token [redacted] was shown");
    const longer = `SHA256:${randomBytes(64).toString("hex")}`;
    expect(written({ text: longer }).text).toBe("SHA256:[redacted]");
  });
});
