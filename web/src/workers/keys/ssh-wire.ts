import { type Bytes, concat, stripZeros, utf8 } from "./bytes.ts";

/** SSH's data types (RFC 4251, section 5). */
export const u32 = (value: number): Bytes => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};

/** A string: its length, then its bytes; text is written in UTF-8. */
export function sshString(content: string | Uint8Array): Bytes {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return concat(u32(bytes.length), bytes);
}

/** A number that is not negative, from its big-endian bytes: no leading zeros, and one before a set top bit. */
export function mpint(bytes: Uint8Array): Bytes {
  const short = stripZeros(bytes);
  const [top] = short;
  return sshString(top !== undefined && top >= 0x80 ? concat(Uint8Array.of(0), short) : short);
}

/** What was read is not what SSH's types allow. */
export class WireError extends Error {}

/** Reads SSH's data types; whatever does not fit is a {@link WireError}, never a guess. */
export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Bytes {
    if (length > this.left) throw new WireError("The data ends too early.");
    const part = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return new Uint8Array(part);
  }

  byte(): number {
    const [value] = this.bytes(1);
    if (value === undefined) throw new WireError("The data ends too early.");
    return value;
  }

  u32(): number {
    return new DataView(this.bytes(4).buffer).getUint32(0);
  }

  string(): Bytes {
    return this.bytes(this.u32());
  }

  /** A string of UTF-8 text. */
  text(): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.string());
    } catch (error) {
      throw error instanceof WireError ? error : new WireError("A name is not UTF-8.");
    }
  }

  /** A number that is not negative, in its shortest form; gives the big-endian bytes without leading zeros. */
  mpint(): Bytes {
    const bytes = this.string();
    const [top = 0, next = 0] = bytes;
    if (top >= 0x80) throw new WireError("A number is negative.");
    if (bytes.length > 0 && top === 0 && next < 0x80) throw new WireError("A number is not in its shortest form.");
    return stripZeros(bytes);
  }

  /** Nothing may be left. */
  end(): void {
    if (this.left !== 0) throw new WireError("There is more data than expected.");
  }
}
