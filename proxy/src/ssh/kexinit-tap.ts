/**
 * A bounded reader of the first, clear-text bytes of a device: greeting, identification line, first KEXINIT [S64].
 * It only looks; the same bytes go to ssh2 unchanged.
 */
/** Largest SSH packet that RFC 4253 section 6.1 makes everyone accept. */
const PACKET_MAX_BYTES = 35_000;
/** RFC 4253 section 4.2: the identification line has at most 255 characters. */
const IDENT_MAX_CHARS = 255;
const SSH_MSG_KEXINIT = 20;
/** RFC 4251 section 6: printable and at most 64 characters; what else a device writes there is not passed on. */
const NAME = /^[\w@.+/=-]{1,64}$/;
const NOT_A_NAME = "(not a name)";
const COOKIE_BYTES = 16;
const LISTS = [
  "kex",
  "serverHostKey",
  "cipherOut",
  "cipherIn",
  "macOut",
  "macIn",
  "compressOut",
  "compressIn",
] as const;

/** What a device offered, per category; Out is from us to the device. */
export type KexInitOffer = Record<(typeof LISTS)[number], readonly string[]>;
export type TapVerdict = "reading" | "done" | "greeting_too_long" | "not_ssh";

export class KexInitTap {
  /** Identification line without line end, once seen. */
  ident: string | undefined;
  /** First KEXINIT, once seen whole. */
  offer: KexInitOffer | undefined;
  /** Bytes that came before anything was recognised; tells silent from not SSH. */
  received = 0;
  #buffer = Buffer.alloc(0);
  #verdict: TapVerdict = "reading";
  readonly #greetingBytes: number;

  /** `greetingBytes`: most that may come before the identification line. */
  constructor(greetingBytes: number) {
    this.#greetingBytes = greetingBytes;
  }

  /** Looks at the next bytes. Once the verdict is not `reading` it stays and further bytes are not kept. */
  feed(chunk: Uint8Array): TapVerdict {
    this.received += chunk.length;
    if (this.#verdict !== "reading") return this.#verdict;
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#verdict = this.ident === undefined ? this.#readGreeting() : this.#readKexInit();
    if (this.#verdict !== "reading") this.#buffer = Buffer.alloc(0);
    return this.#verdict;
  }

  #readGreeting(): TapVerdict {
    let start = 0;
    for (;;) {
      const end = this.#buffer.indexOf(0x0a, start);
      if (end < 0) break;
      const line = this.#buffer.toString("latin1", start, end).replace(/\r$/, "");
      if (line.startsWith("SSH-")) {
        if (line.length > IDENT_MAX_CHARS || !/^SSH-(2\.0|1\.99)-/.test(line)) {
          this.ident = line.slice(0, IDENT_MAX_CHARS);
          return "not_ssh";
        }
        this.ident = line;
        this.#buffer = this.#buffer.subarray(end + 1);
        return this.#readKexInit();
      }
      if (/^(HTTP\/|220[ -]|\* OK|\+OK|RFB )/.test(line)) return "not_ssh";
      start = end + 1;
    }
    return this.#buffer.length > this.#greetingBytes ? "greeting_too_long" : "reading";
  }

  #readKexInit(): TapVerdict {
    const bytes = this.#buffer;
    if (bytes.length < 6) return "reading";
    const packetLength = bytes.readUInt32BE(0);
    const padding = bytes.readUInt8(4);
    // Anything but a KEXINIT here is for ssh2 to judge; there is nothing to diagnose then.
    if (packetLength > PACKET_MAX_BYTES || packetLength < padding + 2 || bytes.readUInt8(5) !== SSH_MSG_KEXINIT) {
      return "done";
    }
    if (bytes.length < 4 + packetLength) return "reading";
    this.offer = parseOffer(bytes.subarray(6 + COOKIE_BYTES, 4 + packetLength - padding));
    return "done";
  }
}

function parseOffer(body: Buffer): KexInitOffer | undefined {
  const offer: Partial<KexInitOffer> = {};
  let at = 0;
  for (const list of LISTS) {
    if (at + 4 > body.length) return undefined;
    const length = body.readUInt32BE(at);
    if (at + 4 + length > body.length) return undefined;
    const text = body.toString("latin1", at + 4, at + 4 + length);
    const names = text === "" ? [] : text.split(",").slice(0, 200);
    offer[list] = names.map((name) => (NAME.test(name) ? name : NOT_A_NAME));
    at += 4 + length;
  }
  return offer as KexInitOffer;
}
