/** One key as an agent of ssh2: the only way to log in with a key whose private half is elsewhere [S52]. */
import type { IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from "ssh2";
import { BaseAgent, utils } from "./library.ts";
import { algorithmOf, hasSignatureShape, type SignAnswer, type SigningKey } from "./signing-key.ts";

/** Asked before each signature; a text refuses it. */
export type SignGate = (algorithm: string) => string | undefined;
/** What became of a request: refused with its reason, or undefined when a signature was made. */
export type SignSettled = (refused: string | undefined, algorithm: string) => void;

/** Parses a public key as ssh2 wants it; undefined when ssh2 does not know it. */
export function parsedKey({ type, publicKey }: SigningKey): ParsedKey | undefined {
  const parsed: unknown = utils.parseKey(`${type} ${publicKey.toString("base64")}`);
  return parsed instanceof Error || parsed === undefined ? undefined : (parsed as ParsedKey);
}

export class KeyAgent extends BaseAgent {
  readonly #key: SigningKey;
  readonly #gate: SignGate;
  readonly #settled: SignSettled;

  constructor(key: SigningKey, gate: SignGate, settled: SignSettled) {
    super();
    this.#key = key;
    this.#gate = gate;
    this.#settled = settled;
  }

  override getIdentities(done: IdentityCallback): void {
    const parsed = parsedKey(this.#key);
    done(undefined, parsed === undefined ? [] : [parsed]);
  }

  override sign(
    _key: unknown,
    blob: Buffer,
    options: SigningRequestOptions | SignCallback,
    done: SignCallback | undefined = typeof options === "function" ? options : undefined,
  ): void {
    const algorithm = algorithmOf(this.#key.type, typeof options === "function" ? undefined : options.hash);
    void this.#answer(blob, algorithm, done);
  }

  async #answer(blob: Buffer, algorithm: string, done: SignCallback | undefined): Promise<void> {
    const answer = await this.#sign(blob, algorithm);
    this.#settled("refused" in answer ? answer.refused : undefined, algorithm);
    if ("signature" in answer) done?.(null, answer.signature);
    // An error here moves ssh2 on to the next method; it is no fault of the connection [S56].
    else done?.(new Error(`signature refused: ${answer.refused}`));
  }

  async #sign(blob: Buffer, algorithm: string): Promise<SignAnswer> {
    const closed = this.#gate(algorithm);
    if (closed !== undefined) return { refused: closed };
    const answer = await this.#key.sign(blob, algorithm).catch((): SignAnswer => ({ refused: "failed" }));
    const malformed = "signature" in answer && !hasSignatureShape(this.#key.type, answer.signature);
    return malformed ? { refused: "malformed" } : answer;
  }
}
