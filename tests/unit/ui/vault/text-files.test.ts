import { describe, expect, test } from "vitest";
import { errorText } from "#bridge/error-text.ts";
import { newPassphraseFault } from "#ui/vault/passphrase.ts";
import { KEY_FILE, readTextFile, tooLong, VAULT_FILE } from "#ui/vault/text-files.ts";

const fileOf = (text: string): File => new File([text], "id_ed25519");

describe("[S98] files that a person chooses", () => {
  test("a file that is too large is told by what it is and by its limit; it is not read, and nothing is given in its place", async () => {
    expect(await readTextFile(fileOf("a".repeat(64 * 1024)), KEY_FILE)).toMatchObject({ ok: true });
    const key = await readTextFile(fileOf("a".repeat(64 * 1024 + 1)), KEY_FILE);
    expect(key).toEqual({ ok: false, error: { code: "invalid", reason: "key_too_large", retry: "user" } });
    const vault = await readTextFile(fileOf("a".repeat(8 * 1024 * 1024 + 1)), VAULT_FILE);
    expect(vault.ok ? "" : `${vault.error.code}/${vault.error.reason}`).toBe("invalid/vault_file_large");
    const gone = { size: 1, text: () => Promise.reject(new Error("gone")) } as unknown as File;
    expect(await readTextFile(gone, KEY_FILE)).toMatchObject({ ok: false, error: { reason: "file_unreadable" } });
  });

  test("[S57] a pasted text is judged by the same limit, and not cut", () => {
    expect(tooLong("a".repeat(64 * 1024), KEY_FILE)).toBeUndefined();
    expect(tooLong("a".repeat(64 * 1024 + 1), KEY_FILE)?.reason).toBe("key_too_large");
  });
});

describe("[S98] texts about passphrases and key files say the truth about the place they stand at", () => {
  test.each(["file_passphrase_wrong", "key_passphrase_wrong", "key_damaged", "key_too_large", "vault_file_large"])(
    "invalid/%s",
    (reason) => {
      const { what, next } = errorText("invalid", reason);
      expect(what).not.toContain("proxy");
      expect(next).not.toContain("wait grows");
      expect(next).not.toContain("field that is named");
    },
  );

  test("[S68] a new passphrase has ten characters, as a person counts, and is typed twice the same: the fault has a code, and says which field is wrong", () => {
    const fault = (a: string, b: string) => {
      const found = newPassphraseFault(a, b);
      return found && [found.field, found.error.code, found.error.reason];
    };
    expect(fault("ninechars", "ninechars")).toEqual(["passphrase", "invalid", "passphrase_short"]);
    expect(fault("🔑🔑🔑🔑🔑", "🔑🔑🔑🔑🔑")).toEqual(["passphrase", "invalid", "passphrase_short"]);
    expect(fault("ten chars!", "ten chars?")).toEqual(["again", "invalid", "passphrase_mismatch"]);
    expect(fault("ten chars!", "ten chars!")).toBeUndefined();
  });
});
