import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { makeCaCertificate, makeLeafCertificate, periodOf, permittedIn } from "#proxy/tls/certificate.ts";
import { isPermitted, PRIVATE_RANGES, permittedFor } from "#proxy/tls/permitted-names.ts";

const PERIOD = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2056-01-02T03:04:05Z") };
const NOW = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

describe("[S30] the local CA", () => {
  const key = newKey();
  const pem = makeCaCertificate(
    key,
    "Rackside box 1a2b",
    PERIOD,
    permittedFor(["box.example", "203.0.113.4", "10.0.0.1"]),
  );
  const ca = new X509Certificate(pem);

  test("is a CA over its own P-256 key, valid as long as asked", () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(createPublicKey(key))).toBe(true);
    expect(ca.checkPrivateKey(key)).toBe(true);
    expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    // Across 2050, where the form of dates changes.
    expect(periodOf(ca)).toEqual(PERIOD);
    expect(ca.subject).toBe("O=Rackside\nCN=Rackside box 1a2b");
    expect(Number.parseInt(ca.serialNumber.slice(0, 2), 16)).toBeLessThan(0x80);
  });

  test("is constrained to private ranges, localhost and what was configured", () => {
    expect(permittedIn(pem)).toEqual(["localhost", ...PRIVATE_RANGES, "box.example", "203.0.113.4/32"]);
  });

  test("pathlen is 0 and the constraints are critical, bit for bit", () => {
    const der = ca.raw.toString("hex");
    // SEQUENCE { OID basicConstraints, TRUE, OCTET STRING { SEQUENCE { TRUE, INTEGER 0 } } }
    expect(der).toContain("30120603551d130101ff040830060101ff020100");
    // OID nameConstraints, TRUE
    expect(der).toContain("0603551d1e0101ff04");
    // keyUsage, critical: keyCertSign and cRLSign
    expect(der).toContain("300e0603551d0f0101ff040403020106");
  });
});

describe("[S30] the leaf", () => {
  const caKey = newKey();
  const issuer = { key: caKey, certificate: makeCaCertificate(caKey, "CA", NOW, permittedFor(["box.example"])) };

  test("names every name and address, for servers only, and is no CA", () => {
    const leaf = new X509Certificate(
      makeLeafCertificate(newKey(), ["box.example", "10.0.0.1", "fd00::1"], NOW, issuer),
    );
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(new X509Certificate(issuer.certificate))).toBe(true);
    expect(leaf.checkHost("box.example")).toBe("box.example");
    expect([leaf.checkIP("10.0.0.1"), leaf.checkIP("fd00::1")]).toEqual(["10.0.0.1", "fd00::1"]);
    // extendedKeyUsage serverAuth; Node calls the property keyUsage.
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  /** What OpenSSL, as a client that trusts only this CA, says to a certificate for this name. */
  async function verdict(name: string): Promise<string> {
    const key = newKey();
    const cert = makeLeafCertificate(key, [name], NOW, issuer);
    const server = createServer({ cert, key: key.export({ type: "pkcs8", format: "pem" }) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      return await new Promise((resolve) => {
        const checkServerIdentity = () => undefined;
        const socket: TLSSocket = connect(
          { host: "127.0.0.1", port, ca: issuer.certificate, checkServerIdentity },
          () => {
            resolve("trusted");
            socket.destroy();
          },
        );
        socket.on("error", (error) => resolve(error.message));
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test.each([
    ["box.example", "trusted"],
    ["10.1.2.3", "trusted"],
    ["100.64.0.9", "trusted"],
    ["127.0.0.1", "trusted"],
    ["fd00::1", "trusted"],
    ["www.example.com", "permitted subtree violation"],
    ["8.8.8.8", "permitted subtree violation"],
    ["2001:4860:4860::8888", "permitted subtree violation"],
  ])("a stolen CA key cannot imitate others: %s is %s", async (name, expected) => {
    expect(await verdict(name)).toBe(expected);
    expect(isPermitted(name, permittedIn(issuer.certificate))).toBe(expected === "trusted");
  });
});

describe("permitted names", () => {
  test.each([
    ["localhost", true],
    ["box", true],
    ["a.box", true],
    ["xbox", false],
    ["box.example", false],
    ["192.168.3.4", true],
    ["172.32.0.1", false],
    ["fe80::1", true],
    ["::1", true],
    ["2001:db8::1", true],
    ["2001:db8::2", false],
  ])("%s: %s", (name, ok) => expect(isPermitted(name, permittedFor(["box", "2001:db8::1"]))).toBe(ok));

  test("what is permitted anyway is not listed twice", () => {
    expect(permittedFor(["10.9.8.7", "localhost"])).toEqual(["localhost", ...PRIVATE_RANGES]);
  });
});
