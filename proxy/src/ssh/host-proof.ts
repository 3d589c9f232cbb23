import type { HostKey } from "#protocol/messages/target.ts";

/** What proves that the host has the key it shows: its signature over the exchange hash of the first key exchange [S47]. */
export type HostProof = {
  hostKey: HostKey;
  /** As it came: algorithm name and signature, each a string of RFC 4251. */
  signature: Buffer;
  /** The exchange hash, which is the session id. */
  sessionId: Buffer;
  /** Algorithm that the negotiation settled on. */
  algorithm: string;
};
