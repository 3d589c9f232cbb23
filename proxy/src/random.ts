import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 22 base64url characters: an id that cannot be guessed. */
export function random128(): string {
  return randomBytes(16).toString("base64url");
}

/** 43 base64url characters: tokens, cookies, nonces. */
export function random256(): string {
  return randomBytes(32).toString("base64url");
}

/** Secrets are stored as this and compared in constant time [S6] [S8] [WP27]. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("base64url");
}

export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
