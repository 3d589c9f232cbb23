import { describe, expect, test } from "vitest";
import { GREETING_MAX_BYTES } from "#protocol/limits.ts";
import { ALGORITHM_SETS, offeredAlgorithms } from "#proxy/ssh/algorithms.ts";
import { diagnose, diagnosisText, terrapinExposed } from "#proxy/ssh/diagnosis.ts";
import { type KexInitOffer, KexInitTap } from "#proxy/ssh/kexinit-tap.ts";
import { RekeyGuard } from "#proxy/ssh/rekey-guard.ts";

const OFFER: KexInitOffer = {
  kex: ["curve25519-sha256", "kex-strict-s-v00@openssh.com"],
  serverHostKey: ["ssh-ed25519"],
  cipherOut: ["aes128-ctr"],
  cipherIn: ["aes128-ctr"],
  macOut: ["hmac-sha2-256"],
  macIn: ["hmac-sha2-256"],
  compressOut: ["none"],
  compressIn: ["none"],
};

function kexinit(offer: KexInitOffer): Buffer {
  const lists = Object.values(offer).map((names) => {
    const text = Buffer.from(names.join(","));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, text]);
  });
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16), ...lists, Buffer.alloc(8 + 5)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1 + 4);
  head[4] = 4;
  return Buffer.concat([head, payload, Buffer.alloc(4)]);
}

describe("[S64] the tap", () => {
  const stream = Buffer.concat([Buffer.from("Welcome\r\nSSH-2.0-Box_1.0 hi\r\n"), kexinit(OFFER)]);

  test("reads greeting, identification and offer, cut at any byte", () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const tap = new KexInitTap(GREETING_MAX_BYTES);
      tap.feed(stream.subarray(0, cut));
      expect(tap.feed(stream.subarray(cut))).toBe("done");
      expect(tap.ident).toBe("SSH-2.0-Box_1.0 hi");
      expect(tap.offer).toEqual(OFFER);
    }
  });

  test("what is no name of an algorithm is not passed on: a diagnosis must fit into a message", () => {
    const real = ["gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==", "ssh-ed25519-cert-v01@openssh.com"];
    const odd = ["\u0001".repeat(20), "x".repeat(65), "\u202ename"];
    const tap = new KexInitTap(GREETING_MAX_BYTES);
    tap.feed(Buffer.concat([Buffer.from("SSH-2.0-Box\r\n"), kexinit({ ...OFFER, kex: [...real, ...odd] })]));
    expect(tap.offer?.kex).toEqual([...real, ...odd.map(() => "(not a name)")]);
  });

  test("[HD3] a greeting beyond 16 KiB, one byte at a time, is told", () => {
    const tap = new KexInitTap(GREETING_MAX_BYTES);
    let verdict = "reading";
    for (let i = 0; i <= GREETING_MAX_BYTES && verdict === "reading"; i += 1) verdict = tap.feed(Buffer.from("x"));
    expect(verdict).toBe("greeting_too_long");
  });

  test.each(["HTTP/1.1 400 Bad\r\n", "SSH-1.5-old\r\n", "220 ftp ready\r\n", "RFB 003.008\n"])(
    "%s is not SSH",
    (text) => {
      expect(new KexInitTap(GREETING_MAX_BYTES).feed(Buffer.from(text))).toBe("not_ssh");
    },
  );

  test("SSH-1.99 is SSH; a packet that is no KEXINIT, too long or malformed gives no offer and no fault", () => {
    const tapped = (bytes: Buffer) => {
      const tap = new KexInitTap(GREETING_MAX_BYTES);
      return [tap.feed(Buffer.concat([Buffer.from("SSH-1.99-Cisco-1.25\r\n"), bytes])), tap.offer];
    };
    expect(tapped(Buffer.from([0xff, 0xff, 0xff, 0xff, 4, 20]))).toEqual(["done", undefined]);
    expect(tapped(Buffer.from([0, 0, 0, 12, 4, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toEqual(["done", undefined]);
    expect(tapped(Buffer.from([0, 0, 0, 12, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toEqual(["done", undefined]);
  });
});

describe("[S61] [S63] [S64] the diagnosis", () => {
  test("nothing to say when everything matches", () => expect(diagnose(OFFER, "modern")).toBeUndefined());

  test("names what fails, and the smallest set that would match", () => {
    const old = { ...OFFER, kex: ["diffie-hellman-group14-sha1"], macIn: ["hmac-sha1"], macOut: ["hmac-sha1"] };
    const found = diagnose(old, "modern");
    expect(found?.categories.map(({ category }) => category)).toEqual([
      "key exchange",
      "MAC to device",
      "MAC from device",
    ]);
    expect(found?.fix).toBe("compatible");
    expect(diagnose({ ...old, cipherIn: ["3des-cbc"] }, "modern")?.fix).toBe("legacy");
    expect(diagnose(old, "compatible")).toBeUndefined();
  });

  test("group exchange is named, and no set is advised that cannot help", () => {
    const found = diagnose({ ...OFFER, kex: ["diffie-hellman-group-exchange-sha256"] }, "modern");
    expect(found?.fix).toBeUndefined();
    expect(found && diagnosisText(found)).toContain("Group exchange is not offered");
  });

  test("[S65] Cisco-1.25 with group exchange and group14-sha1 is advised legacy 1", () => {
    const found = diagnose(
      { ...OFFER, kex: ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1"] },
      "modern",
    );
    expect(found?.fix).toBe("compatible");
  });

  test("MACs do not matter to a cipher that brings its own", () => {
    const gcm = {
      ...OFFER,
      cipherIn: ["aes128-gcm@openssh.com"],
      cipherOut: ["aes128-gcm@openssh.com"],
      macIn: [],
      macOut: [],
    };
    expect(diagnose(gcm, "modern")).toBeUndefined();
  });

  test("a missing strict-KEX marker counts with chacha20 and with CBC plus EtM", () => {
    const weak = { ...OFFER, kex: ["curve25519-sha256"] };
    expect(terrapinExposed(weak, "chacha20-poly1305@openssh.com", "")).toBe(true);
    expect(terrapinExposed(weak, "aes128-cbc", "hmac-sha2-256-etm@openssh.com")).toBe(true);
    expect(terrapinExposed(weak, "aes128-ctr", "hmac-sha2-256")).toBe(false);
    expect(terrapinExposed(OFFER, "chacha20-poly1305@openssh.com", "")).toBe(false);
  });
});

describe("[S50] [S61] what is offered", () => {
  test("each set holds the one before, in order", () => {
    const { modern, compatible, legacy } = ALGORITHM_SETS;
    expect(compatible.kex.slice(0, modern.kex.length)).toEqual(modern.kex);
    expect(legacy.cipher.slice(0, compatible.cipher.length)).toEqual(compatible.cipher);
    expect(modern.hmac.join()).not.toMatch(/sha1|md5/);
  });

  test("pinned types come first, RSA keys with their SHA-2 names before ssh-rsa", () => {
    expect(offeredAlgorithms("modern", ["ecdsa-sha2-nistp384"]).serverHostKey[0]).toBe("ecdsa-sha2-nistp384");
    expect(offeredAlgorithms("compatible", ["ssh-rsa"]).serverHostKey.slice(0, 3)).toEqual([
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-rsa",
    ]);
    expect([...offeredAlgorithms("modern", ["ssh-rsa"]).serverHostKey].sort()).toEqual(
      [...ALGORITHM_SETS.modern.serverHostKey].sort(),
    );
  });
});

describe("rekeys", () => {
  test("a fourth idle one within a minute is too many; one that follows traffic does not count", () => {
    const idle = new RekeyGuard();
    expect([0, 1, 2, 3].map((at) => idle.rekeyed(at))).toEqual([false, false, false, true]);
    const slow = new RekeyGuard();
    expect([0, 30_000, 60_000, 90_000, 120_000].map((at) => slow.rekeyed(at))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    const busy = new RekeyGuard();
    for (let i = 0; i < 50; i += 1) {
      busy.received(256 * 1024);
      expect(busy.rekeyed(i)).toBe(false);
    }
  });
});
