import { type Bytes, concat } from "./bytes.ts";

/**
 * AES-CBC without padding, which WebCrypto does not offer: one more block is made that decrypts to a whole block of its
 * padding, which it then takes off.
 */
export async function decryptCbcUnpadded(subtle: SubtleCrypto, key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes> {
  const handle = await subtle.importKey("raw", key, "AES-CBC", false, ["encrypt", "decrypt"]);
  const last = new Uint8Array(data.slice(-16));
  const padding = new Uint8Array(await subtle.encrypt({ name: "AES-CBC", iv: last }, handle, new Uint8Array(0)));
  return new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv }, handle, concat(data, padding)));
}

export async function decryptCbc(subtle: SubtleCrypto, key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes> {
  const handle = await subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  return new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv }, handle, data));
}

export async function decryptCtr(subtle: SubtleCrypto, key: Bytes, counter: Bytes, data: Bytes): Promise<Bytes> {
  const handle = await subtle.importKey("raw", key, "AES-CTR", false, ["decrypt"]);
  return new Uint8Array(await subtle.decrypt({ name: "AES-CTR", counter, length: 128 }, handle, data));
}

/** `data` with its tag at the end. */
export async function decryptGcm(subtle: SubtleCrypto, key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes> {
  const handle = await subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv }, handle, data));
}
