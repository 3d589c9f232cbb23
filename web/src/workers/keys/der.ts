import type { Bytes } from "./bytes.ts";
import { ImportError } from "./import-error.ts";

export const DER = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30 } as const;
/** Constructed, context-specific tag `n`, as in SEC 1's optional fields. */
export const context = (n: number): number => 0xa0 + n;

/** Reads the part of DER that key files use; whatever does not fit ends the import. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Whether the next value has this tag. */
  next(tag: number): boolean {
    return this.#bytes[this.#at] === tag;
  }

  /** Content of the next value, which must have this tag. */
  take(tag: number): Bytes {
    if (!this.next(tag)) throw new ImportError("key_damaged");
    this.#at++;
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ImportError("key_damaged");
    const content = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return new Uint8Array(content);
  }

  inside(tag: number): DerReader {
    return new DerReader(this.take(tag));
  }

  oid(): string {
    return oidText(this.take(DER.oid));
  }

  /** Big-endian bytes of an integer that is not negative. */
  integer(): Bytes {
    const bytes = this.take(DER.integer);
    const [top] = bytes;
    if (top === undefined || top >= 0x80) throw new ImportError("key_damaged");
    return bytes[0] === 0 && bytes.length > 1 ? new Uint8Array(bytes.slice(1)) : bytes;
  }

  /** An integer that fits into 31 bits. */
  small(): number {
    const bytes = this.integer();
    if (bytes.length > 4) throw new ImportError("key_damaged");
    return bytes.reduce((value, byte) => value * 256 + byte, 0);
  }

  #length(): number {
    const first = this.#bytes[this.#at++] ?? 0x80;
    if (first < 0x80) return first;
    const count = first - 0x80;
    // Neither lengths without an end nor ones that no key file has.
    if (count === 0 || count > 3) throw new ImportError("key_damaged");
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (this.#bytes[this.#at++] ?? 0);
    return length;
  }
}

function oidText(bytes: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (numbers.length > 0) numbers.push(value);
    else {
      const top = Math.min(2, Math.floor(value / 40));
      numbers.push(top, value - top * 40);
    }
    value = 0;
  }
  return numbers.join(".");
}
