/**
 * The algorithm sets of section 9 of the security document, given to the library in full [S61]: its own defaults hold
 * group exchange and zlib. Group exchange is in none of them [S62].
 */
import type * as v from "valibot";
import type { AlgorithmSet } from "#protocol/messages/target.ts";

export type SetName = v.InferOutput<typeof AlgorithmSet>;

/** Lists in order of preference, named as ssh2 names its options. */
export type AlgorithmLists = {
  kex: readonly string[];
  serverHostKey: readonly string[];
  cipher: readonly string[];
  hmac: readonly string[];
  compress: readonly string[];
};

const MODERN: AlgorithmLists = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
  ],
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  cipher: [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "chacha20-poly1305@openssh.com",
  ],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
  compress: ["none"],
};

/** Legacy 1: what equipment of the 2010s still needs. */
const LEGACY_1 = {
  kex: ["diffie-hellman-group14-sha1"],
  serverHostKey: ["ssh-rsa"],
  cipher: [],
  hmac: ["hmac-sha1"],
} as const;

/** Legacy 2: breakable with effort; for gear that has nothing else. */
const LEGACY_2 = {
  kex: ["diffie-hellman-group1-sha1"],
  serverHostKey: ["ssh-dss"],
  cipher: ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
  hmac: ["hmac-sha1-96", "hmac-md5"],
} as const;

function plus(base: AlgorithmLists, more: Omit<AlgorithmLists, "compress">): AlgorithmLists {
  return {
    kex: [...base.kex, ...more.kex],
    serverHostKey: [...base.serverHostKey, ...more.serverHostKey],
    cipher: [...base.cipher, ...more.cipher],
    hmac: [...base.hmac, ...more.hmac],
    compress: base.compress,
  };
}

const COMPATIBLE = plus(MODERN, LEGACY_1);

/** Each set holds the one before it. */
export const ALGORITHM_SETS: Readonly<Record<SetName, AlgorithmLists>> = {
  modern: MODERN,
  compatible: COMPATIBLE,
  legacy: plus(COMPATIBLE, LEGACY_2),
};

/** Which negotiated host key algorithms a key of this type can sign with. */
function signsWith(keyType: string): readonly string[] {
  return keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [keyType];
}

/** The set's lists with the pinned keys' types first, so that a known key is asked for before an unknown one [S50]. */
export function offeredAlgorithms(set: SetName, pinnedTypes: readonly string[]): AlgorithmLists {
  const lists = ALGORITHM_SETS[set];
  const wanted = new Set(pinnedTypes.flatMap(signsWith));
  const first = lists.serverHostKey.filter((name) => wanted.has(name));
  const rest = lists.serverHostKey.filter((name) => !wanted.has(name));
  return { ...lists, serverHostKey: [...first, ...rest] };
}
