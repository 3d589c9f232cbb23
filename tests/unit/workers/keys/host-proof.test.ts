import { createHash, createSign, generateKeyPairSync, webcrypto } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { HostKey } from "#protocol/messages/target.ts";
import { type Bytes, base64, concat, fromBase64, fromBase64url, fromBigInt, toBigInt } from "#workers/keys/bytes.ts";
import { checkHostProof, type HostProof } from "#workers/keys/host-proof.ts";
import { generateHandles, type KeyKind, signWith } from "#workers/keys/key-handles.ts";
import { fingerprint, parsePublicBlob, publicBlob, typeOf } from "#workers/keys/ssh-public-key.ts";
import { signatureBlob, verifySignature } from "#workers/keys/ssh-signature.ts";
import { sshString } from "#workers/keys/ssh-wire.ts";

const subtle = webcrypto.subtle as SubtleCrypto;
const SESSION: Bytes = new Uint8Array(createHash("sha256").update("exchange").digest());

type Host = { proof: Required<HostProof>; sign: (data: Bytes) => Promise<string> };

async function host(kind: KeyKind, algorithm?: string): Promise<Host> {
  const key = await generateHandles(subtle, kind);
  const type = typeOf(parsePublicBlob(key.blob));
  const name = algorithm ?? type;
  const sign = async (data: Bytes) => base64(signatureBlob(name, (await signWith(subtle, key, name, data)) ?? data));
  const host_key: HostKey = { type, key: base64(key.blob), sha256: await fingerprint(subtle, key.blob) };
  return { proof: { host_key, signature: await sign(SESSION), ssh_session_id: base64(SESSION) }, sign };
}

const result = async (proof: HostProof, trusted: readonly HostKey[]): Promise<string> => {
  const checked = await checkHostProof(subtle, proof, trusted);
  return checked.ok ? "proved" : checked.failed;
};

describe("[S47] what a handshake proved is checked on the tablet", () => {
  let hosts: Host[] = [];
  beforeAll(async () => {
    hosts = await Promise.all([
      host("ed25519"),
      host("ecdsa-p256"),
      host("rsa-3072", "rsa-sha2-512"),
      host("rsa-3072", "rsa-sha2-256"),
      host("rsa-3072", "ssh-rsa"),
    ]);
  });

  test("proved with every type of key and signature", async () => {
    for (const { proof } of hosts) expect(await result(proof, [proof.host_key]), proof.host_key.type).toBe("proved");
  });

  test("[HC5] another key, another session, another's signature, and what is missing are refused by name", async () => {
    const [ed, ec] = hosts;
    if (ed === undefined || ec === undefined) throw new Error("no hosts");
    const trusted = [ed.proof.host_key];
    expect(await result(ec.proof, trusted)).toBe("not_pinned");
    expect(await result(ed.proof, [])).toBe("not_pinned");
    expect(await result({ ...ed.proof, ssh_session_id: base64(new Uint8Array(32)) }, trusted)).toBe("host_signature");
    expect(await result({ ...ed.proof, signature: await ed.sign(new Uint8Array(32)) }, trusted)).toBe("host_signature");
    expect(await result({ ...ed.proof, signature: ec.proof.signature }, trusted)).toBe("host_signature");
    expect(await result({ ...ed.proof, signature: `${ed.proof.signature.slice(0, -8)}AAAAAAA=` }, trusted)).toBe(
      "host_signature",
    );
    expect(await result({ ...ed.proof, signature: undefined }, trusted)).toBe("incomplete");
    expect(await result({ ...ed.proof, ssh_session_id: undefined }, trusted)).toBe("incomplete");
    expect(await result({ ...ed.proof, ssh_session_id: base64(new Uint8Array(3)) }, trusted)).toBe("incomplete");
    const renamed = { ...ed.proof.host_key, type: "ssh-rsa" };
    expect(await result({ ...ed.proof, host_key: renamed }, [renamed])).toBe("host_key");
    const shownOtherwise = { ...ed.proof.host_key, sha256: ec.proof.host_key.sha256 };
    expect(await result({ ...ed.proof, host_key: shownOtherwise }, [shownOtherwise])).toBe("host_key");
    const damaged = { ...ed.proof.host_key, key: "AAAA" };
    expect(await result({ ...ed.proof, host_key: damaged }, [damaged])).toBe("host_key");
  });

  test("a browser without Ed25519 still tells an honest host from another", async () => {
    const [ed] = hosts;
    if (ed === undefined) throw new Error("no host");
    const poor = new Proxy(subtle, {
      get: (target, name) => {
        if (name === "importKey") return async () => Promise.reject(new DOMException("", "NotSupportedError"));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    expect((await checkHostProof(poor, ed.proof, [ed.proof.host_key])).ok).toBe(true);
    const other = { ...ed.proof, ssh_session_id: base64(new Uint8Array(32)) };
    expect((await checkHostProof(poor, other, [ed.proof.host_key])).ok).toBe(false);
  });

  test("DSA, which very old devices have and browsers do not", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 });
    const blob = dsaBlob(publicKey.export({ format: "der", type: "spki" }));
    const sign = (data: Uint8Array) =>
      createSign("sha1").update(data).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
    const signature = concat(sshString("ssh-dss"), sshString(sign(SESSION)));
    expect(await verifySignature(subtle, blob, signature, SESSION)).toBe(true);
    expect(await verifySignature(subtle, blob, signature, new Uint8Array(32))).toBe(false);
    const zero = concat(sshString("ssh-dss"), sshString(new Uint8Array(40)));
    expect(await verifySignature(subtle, blob, zero, SESSION)).toBe(false);
  });
});

/** The SSH form of a DSA key: the four numbers of its SPKI, read with the least DER that does it. */
function dsaBlob(spki: Buffer): Bytes {
  const numbers: Bytes[] = [];
  const walk = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; ) {
      const tag = bytes[at] ?? 0;
      const short = bytes[at + 1] ?? 0;
      const count = short > 0x80 ? short - 0x80 : 0;
      const length = count === 0 ? short : bytes.readUIntBE(at + 2, count);
      const start = at + 2 + count;
      const body = bytes.subarray(start, start + length);
      if (tag === 0x30) walk(body);
      else if (tag === 0x03) walk(body.subarray(1));
      else if (tag === 0x02) numbers.push(fromBigInt(toBigInt(body)));
      at = start + length;
    }
  };
  walk(spki);
  const [p, q, g, y] = numbers;
  if (p === undefined || q === undefined || g === undefined || y === undefined) throw new Error("not a DSA key");
  return publicBlob({ type: "ssh-dss", p, q, g, y });
}

test("base64url is read", () => expect(fromBase64url("-_8")).toEqual(fromBase64("+/8=")));
