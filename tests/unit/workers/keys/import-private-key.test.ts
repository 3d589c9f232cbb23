import { createHash, createPublicKey, verify, webcrypto } from "node:crypto";
import { assert, asyncProperty, integer, nat } from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { fromBase64, utf8 } from "#workers/keys/bytes.ts";
import { importPrivateKey, KEY_FILE_MAX_CHARS } from "#workers/keys/import-private-key.ts";
import { importHandles, signWith } from "#workers/keys/key-handles.ts";
import { md5 } from "#workers/keys/md5.ts";
import { fingerprint, parsePublicBlob, publicBlob, publicJwk, typeOf } from "#workers/keys/ssh-public-key.ts";
import { signatureAlgorithms, signatureBlob, verifySignature } from "#workers/keys/ssh-signature.ts";
import { KeyGen } from "./ssh-keygen.ts";

const subtle = webcrypto.subtle as SubtleCrypto;
const tools = await requireTools("ssh-keygen");
const keygen = new KeyGen(tools.ok ? tools.path("ssh-keygen") : "");
afterAll(() => keygen.remove());

const TYPES = {
  ed25519: ["-t", "ed25519"],
  "ecdsa 256": ["-t", "ecdsa", "-b", "256"],
  "ecdsa 384": ["-t", "ecdsa", "-b", "384"],
  "ecdsa 521": ["-t", "ecdsa", "-b", "521"],
  "rsa 2048": ["-t", "rsa", "-b", "2048"],
  "rsa 3072": ["-t", "rsa", "-b", "3072"],
};
const FORMATS = {
  openssh: { args: [], passphrase: "" },
  "openssh aes256-ctr": { args: ["-a", "4"], passphrase: "correct horse" },
  "openssh aes256-cbc": { args: ["-Z", "aes256-cbc", "-a", "2"], passphrase: "größe" },
  "openssh aes256-gcm": { args: ["-Z", "aes256-gcm@openssh.com", "-a", "2"], passphrase: "correct horse" },
  PKCS8: { args: ["-m", "PKCS8"], passphrase: "" },
  "PKCS8 encrypted": { args: ["-m", "PKCS8"], passphrase: "correct horse" },
  PEM: { args: ["-m", "PEM"], passphrase: "" },
  "PEM encrypted": { args: ["-m", "PEM"], passphrase: "correct horse" },
};

describe.skipIf(!tools.ok)("private keys that ssh-keygen wrote", () => {
  for (const [type, typeArgs] of Object.entries(TYPES)) {
    for (const [format, { args, passphrase }] of Object.entries(FORMATS)) {
      // ssh-keygen writes Ed25519 in its own format only, whatever is asked for.
      if (type === "ed25519" && format.startsWith("P")) continue;
      test(`[S57] ${type}, ${format}: public half, fingerprint and signatures are OpenSSH's`, async () => {
        const { text, line } = keygen.make([...typeArgs, ...args], passphrase);
        const imported = await importPrivateKey(subtle, text, passphrase === "" ? null : utf8(passphrase));
        if (!imported.ok) throw new Error(JSON.stringify(imported.error));
        const { blob, handles } = await importHandles(subtle, imported.key.jwk);
        const [name = "", base64 = ""] = line.split(" ");
        expect(Buffer.from(blob).toString("base64")).toBe(base64);
        expect(keygen.fingerprint(line)).toContain(await fingerprint(subtle, blob));
        if (format.startsWith("openssh")) expect(imported.key.comment).toBe("someone@somewhere");
        const data = utf8("what is signed");
        for (const algorithm of signatureAlgorithms(name)) {
          const body = await signWith(subtle, { blob, handles }, algorithm, data);
          if (body === undefined) throw new Error(`no handle for ${algorithm}`);
          const signature = signatureBlob(algorithm, body);
          expect(await verifySignature(subtle, blob, signature, data)).toBe(true);
          expect(nodeVerifies(blob, algorithm, signature, data)).toBe(true);
          expect(await verifySignature(subtle, blob, signature, utf8("something else"))).toBe(false);
        }
        for (const handle of Object.values(handles)) expect(handle.extractable).toBe(false);
      });

      if (passphrase === "") continue;
      test(`[S57] ${type}, ${format}: a wrong passphrase and none are told apart from damage`, async () => {
        const { text } = keygen.make([...typeArgs, ...args], passphrase);
        const reason = async (given: string | null) => {
          const result = await importPrivateKey(subtle, text, given === null ? null : utf8(given));
          return result.ok ? "ok" : `${result.error.code}/${result.error.reason}`;
        };
        expect(await reason(null)).toBe("invalid/key_passphrase_needed");
        expect(await reason("")).toBe("invalid/key_passphrase_needed");
        expect(await reason("wrong")).toBe("invalid/key_passphrase_wrong");
      });
    }
  }

  test("[S57] Ed25519 in PKCS#8, as OpenSSL writes it", async () => {
    const pair = await subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const der = Buffer.from(await subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
    const text = `-----BEGIN PRIVATE KEY-----\r\n${der}\r\n-----END PRIVATE KEY-----\r\n`;
    const imported = await importPrivateKey(subtle, text, null);
    if (!imported.ok) throw new Error(JSON.stringify(imported.error));
    expect(imported.key.jwk.x).toBe((await subtle.exportKey("jwk", pair.publicKey)).x);
  });

  test("[S57] bcrypt rounds above 256 are refused before anything is computed", async () => {
    const { text } = keygen.make(["-t", "ed25519", "-a", "2"], "secret");
    const lines = text.trim().split("\n");
    const bytes = Buffer.from(lines.slice(1, -1).join(""), "base64");
    // The rounds are the last four bytes of the KDF's options: 24 bytes, after two names.
    const at = bytes.indexOf(Buffer.from([0, 0, 0, 24, 0, 0, 0, 16])) + 4 + 20;
    expect(bytes.readUInt32BE(at)).toBe(2);
    bytes.writeUInt32BE(257, at);
    const changed = [lines[0], bytes.toString("base64"), lines.at(-1)].join("\n");
    expect(await importPrivateKey(subtle, changed, utf8("secret"))).toMatchObject({
      ok: false,
      error: { code: "unsupported", reason: "key_rounds" },
    });
  });

  test("[S57] what is not supported is named, with its own reason", async () => {
    const certificate = "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t x";
    const { line } = keygen.make(["-t", "ed25519"]);
    const short = keygen.make(["-t", "rsa", "-b", "1024"]).text;
    for (const [text, expected] of [
      ["PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "unsupported/key_putty"],
      ["PuTTY-User-Key-File-2: ssh-rsa\n", "unsupported/key_putty"],
      ["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n", "unsupported/key_ssh2_file"],
      [certificate, "unsupported/key_certificate"],
      ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "unsupported/key_certificate"],
      ["sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t x", "unsupported/key_hardware"],
      ["-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----", "unsupported/key_dsa"],
      [short, "unsupported/key_short"],
      [line, "invalid/key_public"],
      ["hello", "invalid/key_text"],
      ["", "invalid/key_text"],
      ["-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "invalid/key_damaged"],
      ["x".repeat(KEY_FILE_MAX_CHARS + 1), "invalid/key_too_large"],
    ]) {
      const result = await importPrivateKey(subtle, text ?? "", null);
      expect(result.ok ? "ok" : `${result.error.code}/${result.error.reason}`, text?.slice(0, 60)).toBe(expected);
    }
  });

  test("[S57] a damaged file is refused and never throws", async () => {
    const texts = [
      keygen.make(["-t", "ed25519"]).text,
      keygen.make(["-t", "rsa", "-b", "2048", "-m", "PEM"]).text,
      keygen.make(["-t", "ecdsa", "-m", "PKCS8"]).text,
      keygen.make(["-t", "ecdsa", "-m", "PKCS8"], "secret").text,
    ].map((text) => {
      const lines = text.trim().split("\n");
      return { head: lines[0], bytes: Buffer.from(lines.slice(1, -1).join(""), "base64"), foot: lines.at(-1) };
    });
    await assert(
      asyncProperty(nat(3), nat(), integer({ min: 1, max: 255 }), nat(), async (which, at, flip, cut) => {
        const { head, bytes, foot } = texts[which] ?? { bytes: Buffer.alloc(0) };
        const damaged = Buffer.from(bytes);
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ flip;
        const kept = cut % 3 === 0 ? damaged.subarray(0, cut % damaged.length) : damaged;
        const text = [head, kept.toString("base64"), foot].join("\n");
        const result = await importPrivateKey(subtle, text, utf8("secret"));
        if (!result.ok) return;
        // What still parses must be a key, or be refused by the check of both halves.
        await importHandles(subtle, result.key.jwk).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
      }),
      { numRuns: 400 },
    );
  });
});

test("MD5 is RFC 1321's, at every length around a block's end", () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 121, 1_000]) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
    expect(Buffer.from(md5(data)).toString("hex")).toBe(createHash("md5").update(data).digest("hex"));
  }
});

/** Node's own verification, from the blob's parts. */
function nodeVerifies(blob: Uint8Array, algorithm: string, signature: Uint8Array, data: Uint8Array): boolean {
  const parsed = parsePublicBlob(blob);
  if (parsed.type === "ssh-dss") throw new Error("not a user key");
  expect(publicBlob(parsed)).toEqual(blob);
  const key = createPublicKey({ key: publicJwk(parsed) as Record<string, string>, format: "jwk" });
  const body = signature.slice(4 + algorithm.length + 4);
  expect(Buffer.from(signature.slice(4, 4 + algorithm.length)).toString()).toBe(algorithm);
  if (parsed.type === "ssh-ed25519") return verify(null, data, key, body);
  const hash = { "rsa-sha2-512": "sha512", "rsa-sha2-256": "sha256", "ssh-rsa": "sha1" }[algorithm];
  if (hash !== undefined) return verify(hash, data, key, body);
  const curveHash = { "ecdsa-sha2-nistp256": "sha256", "ecdsa-sha2-nistp384": "sha384" }[typeOf(parsed)] ?? "sha512";
  return verify(curveHash, data, { key, dsaEncoding: "der" }, derOf(body));
}

/** SSH's two numbers as DER has them. */
function derOf(body: Uint8Array): Buffer {
  const buffer = Buffer.from(body);
  const rLength = buffer.readUInt32BE(0);
  const r = buffer.subarray(4, 4 + rLength);
  const s = buffer.subarray(8 + rLength);
  const numbers = Buffer.concat([Buffer.from([2, r.length]), r, Buffer.from([2, s.length]), s]);
  const length = numbers.length < 128 ? Buffer.from([numbers.length]) : Buffer.from([0x81, numbers.length]);
  return Buffer.concat([Buffer.from([0x30]), length, numbers]);
}

test("base64 that is none is undefined", () => {
  expect(fromBase64("*")).toBeUndefined();
});
