import type { ErrorPayload } from "#protocol/messages/error.ts";

/** Why a private key was not taken [S57]; the reasons' texts say how to convert what is not supported. */
export type ImportReason =
  | "key_text"
  | "key_damaged"
  | "key_public"
  | "key_passphrase_needed"
  | "key_passphrase_wrong"
  | "key_putty"
  | "key_ssh2_file"
  | "key_certificate"
  | "key_hardware"
  | "key_dsa"
  | "key_type"
  | "key_short"
  | "key_cipher"
  | "key_rounds"
  | "key_several"
  | "key_browser"
  | "key_too_large";

const UNSUPPORTED: ReadonlySet<ImportReason> = new Set([
  "key_putty",
  "key_ssh2_file",
  "key_certificate",
  "key_hardware",
  "key_dsa",
  "key_type",
  "key_short",
  "key_cipher",
  "key_rounds",
  "key_several",
  "key_browser",
]);

/** Ends an import; becomes a value at its door. */
export class ImportError extends Error {
  readonly reason: ImportReason;

  constructor(reason: ImportReason) {
    super(reason);
    this.reason = reason;
  }

  get payload(): ErrorPayload {
    const { reason } = this;
    return { code: UNSUPPORTED.has(reason) ? "unsupported" : "invalid", reason, retry: "user" };
  }
}
