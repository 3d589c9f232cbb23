/** X.509 certificates of the local CA, signed in process [S30]. Structures by asn1-x509, keys and signatures by Node. */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
/** Not a name that a host could have: OpenSSL would hold it against the constraints. Browsers look at the SAN alone. */
const LEAF_NAME = "Rackside server";
const ORGANIZATION = "2.5.4.10";
/** RFC 5280 allows 20; one less keeps the number positive whatever its first bit is. */
const SERIAL_BYTES = 16;

export type Period = { readonly notBefore: Date; readonly notAfter: Date };
export type Issuer = { readonly certificate: string; readonly key: KeyObject };

/** A CA certificate over `key`: pathlen 0, critical name constraints to these names and networks. PEM. */
export function makeCaCertificate(
  key: KeyObject,
  commonName: string,
  period: Period,
  permitted: readonly string[],
): string {
  const subject = nameOf(commonName);
  const spki = spkiOf(key);
  const subtrees = permitted.map((name) => new GeneralSubtree({ base: generalName(name) }));
  const extensions = [
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
    extension(id_ce_nameConstraints, true, new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) })),
    extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(spki))),
  ];
  return signed({ subject, issuer: subject, spki, period, extensions }, key);
}

/** A server certificate for these names and addresses. PEM. */
export function makeLeafCertificate(key: KeyObject, names: readonly string[], period: Period, issuer: Issuer): string {
  const ca = AsnConvert.parse(derOf(issuer.certificate), Certificate).tbsCertificate;
  const spki = spkiOf(key);
  const extensions = [
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, false, new SubjectAlternativeName(names.map(generalName))),
    extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(spki))),
    extension(
      id_ce_authorityKeyIdentifier,
      false,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(ca.subjectPublicKeyInfo)) }),
    ),
  ];
  return signed({ subject: nameOf(LEAF_NAME), issuer: ca.subject, spki, period, extensions }, issuer.key);
}

type Draft = { subject: Name; issuer: Name; spki: SubjectPublicKeyInfo; period: Period; extensions: Extension[] };

function signed(draft: Draft, key: KeyObject): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const serial = Buffer.concat([Buffer.of(1), randomBytes(SERIAL_BYTES)]);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: bytesOf(serial),
    signature: algorithm,
    issuer: draft.issuer,
    validity: new Validity({ notBefore: draft.period.notBefore, notAfter: draft.period.notAfter }),
    subject: draft.subject,
    subjectPublicKeyInfo: draft.spki,
    extensions: new Extensions(draft.extensions),
  });
  const signature = sign("sha256", Buffer.from(AsnConvert.serialize(tbs)), key);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: bytesOf(signature),
  });
  return pemOf(Buffer.from(AsnConvert.serialize(certificate)));
}

/** An address, a network `address/prefix`, or a DNS name. */
function generalName(name: string): GeneralName {
  const [host = "", prefix] = name.split("/");
  return isIP(host) > 0
    ? new GeneralName({ iPAddress: prefix === undefined ? host : name })
    : new GeneralName({ dNSName: name });
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function nameOf(commonName: string): Name {
  const part = (type: string, text: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) }),
    ]);
  return new Name([part(ORGANIZATION, "Rackside"), part(COMMON_NAME, commonName)]);
}

function spkiOf(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(createPublicKey(key).export({ type: "spki", format: "der" }), SubjectPublicKeyInfo);
}

/** Method 1 of RFC 5280, 4.2.1.2: a name for a key, no protection. */
function keyId(spki: SubjectPublicKeyInfo): OctetString {
  return new OctetString(createHash("sha1").update(new Uint8Array(spki.subjectPublicKey)).digest());
}

/** A copy in a buffer of its own: Node's small buffers share one with others. */
function bytesOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** The names and networks to which a CA certificate is constrained; none when it says nothing about them. */
export function permittedIn(certificate: string): readonly string[] {
  const { extensions = [] } = AsnConvert.parse(derOf(certificate), Certificate).tbsCertificate;
  const found = [...extensions].find(({ extnID }) => extnID === id_ce_nameConstraints);
  if (found === undefined) return [];
  const { permittedSubtrees = [] } = AsnConvert.parse(found.extnValue.buffer, NameConstraints);
  return [...permittedSubtrees].map(({ base }) => base.dNSName ?? base.iPAddress ?? "");
}

/** From when to when a certificate is valid. */
export function periodOf({ validFrom, validTo }: X509Certificate): Period {
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}
