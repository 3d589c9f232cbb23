import type { WalRecord } from "#protocol/page/wal.ts";
import type { PlacedRow } from "./terminal-log-store.ts";

const IV_BYTES = 12;

/** What seals the rows of one session's log. */
export type RowSealing = { crypto: Crypto; key: CryptoKey; sid: string };

/** The record as it is stored, with its place: only what the device sent is sealed [S71]. */
export async function sealRow(sealing: RowSealing, n: number, record: WalRecord): Promise<PlacedRow> {
  if (record.kind === "gap") return { n, row: record };
  if (record.kind === "size") return { n, row: { ...record, to: record.pos } };
  const { crypto, key, sid } = sealing;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = await crypto.subtle.encrypt(paramsOf(sid, n, record.pos, iv), key, record.bytes);
  return { n, row: { kind: "bytes", pos: record.pos, to: record.pos + record.bytes.length, iv, data } };
}

/** A row that cannot be read any more is a gap. */
export async function unsealRow({ crypto, key, sid }: RowSealing, { n, row }: PlacedRow): Promise<WalRecord> {
  if (row.kind !== "bytes") return row;
  try {
    const params = paramsOf(sid, n, row.pos, row.iv);
    const bytes = new Uint8Array(await crypto.subtle.decrypt(params, key, row.data));
    return { kind: "bytes", pos: row.pos, bytes };
  } catch {
    return { kind: "gap", pos: row.pos, to: row.to };
  }
}

/** Bound to its place, so that rows can be neither exchanged nor moved. */
function paramsOf(sid: string, n: number, pos: number, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`log ${sid} ${n} ${pos}`) };
}
