import { describe, expect, test } from "vitest";
import { publicKeyLine, publicKeyLines } from "#telemetry/knowledge/public-key-lines.ts";

const RSA = { type: "ssh-rsa", base64: "A".repeat(500), comment: "tablet 3" };
const of = (key: typeof RSA, user: string, platform: string) => {
  const found = publicKeyLines(key, user).find((one) => one.platform === platform);
  if (found === undefined) throw new Error(platform);
  return found;
};

describe("[S52] public keys ready to paste", () => {
  test("IOS: the key in lines of its key chain, whole and in order, and never longer than IOS takes", () => {
    const { text, warn } = of(RSA, "admin", "ios");
    const lines = text.split("\n");
    expect(lines.slice(0, 4)).toEqual(["configure terminal", "ip ssh pubkey-chain", "username admin", "key-string"]);
    const key = lines.slice(4, -2);
    expect(key.join("")).toBe(RSA.base64);
    for (const line of key) expect(line.length).toBeLessThanOrEqual(254);
    expect(lines.at(-2)).toBe("exit");
    expect(warn).toBe(false);
  });

  test("each platform's form; what it may not take is said", () => {
    const ed = { type: "ssh-ed25519", base64: "AAAAC3", comment: "me" };
    expect(of(ed, "op", "linux").text).toBe("ssh-ed25519 AAAAC3 me");
    expect(of(ed, "op", "nxos").text).toContain("username op sshkey ssh-ed25519 AAAAC3 me");
    expect(of(ed, "op", "eos").text).toContain("username op ssh-key ssh-ed25519 AAAAC3 me");
    expect(of(ed, "op", "junos").text).toContain('user op authentication ssh-ed25519 "ssh-ed25519 AAAAC3 me"');
    expect(of({ ...ed, type: "ecdsa-sha2-nistp256" }, "op", "junos").text).toContain("authentication ssh-ecdsa ");
    expect(
      publicKeyLines(ed, "op")
        .filter(({ warn }) => warn)
        .map(({ platform }) => platform),
    ).toEqual(["ios", "nxos", "junos"]);
    expect(of(ed, "op", "ios").note).toContain("RSA");
  });

  test("a comment or a user that others wrote cannot say anything to a CLI or a shell", () => {
    const key = { type: "ssh-ed25519", base64: "AAAAC3", comment: 'x"; reload\nno shutdown $(id) `id`' };
    expect(publicKeyLine(key)).toMatch(/^ssh-ed25519 AAAAC3 [A-Za-z0-9_.@-]+$/);
    for (const { text } of publicKeyLines(key, "a\nreload")) {
      expect(text.split("\n").map((line) => line.trim())).not.toContain("reload");
    }
    expect(publicKeyLine({ ...key, comment: "" })).toBe("ssh-ed25519 AAAAC3 rackside");
  });
});
