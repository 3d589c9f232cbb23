/** The SSH agent of the proxy's host: off unless configured, and asked for consent each time [S60]. */
import type { ParsedKey } from "ssh2";
import { fingerprintOf } from "./host-key.ts";
import { OpenSSHAgent } from "./library.ts";
import { isKeyType, type SignAnswer, type SigningKey } from "./signing-key.ts";

/** How long the agent may take; one that asks on its own screen is given the time to be answered. */
const AGENT_TIMEOUT_MS = 20_000;
/** Keys that are shown and offered at most: devices count failures. */
const AGENT_KEYS_MAX = 16;
const COMMENT_MAX_CHARS = 128;

export type AgentKey = SigningKey & { sha256: string; comment: string };

const HASHES: Readonly<Record<string, string>> = {
  "rsa-sha2-256": "sha256",
  "rsa-sha2-512": "sha512",
  "ssh-rsa": "sha1",
};

function within<T>(late: T, work: (done: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late), AGENT_TIMEOUT_MS);
    work((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function keyOf(agent: InstanceType<typeof OpenSSHAgent>, key: ParsedKey): AgentKey[] {
  const publicKey = key.getPublicSSH();
  if (!isKeyType(key.type)) return [];
  const sha256 = fingerprintOf(publicKey);
  const sign = (blob: Buffer, algorithm: string) =>
    within<SignAnswer>({ refused: "agent_silent" }, (done) => {
      const hash = HASHES[algorithm];
      agent.sign(key, blob, hash === undefined ? {} : { hash: hash as "sha256" }, (error, signature) => {
        done(signature === undefined || error ? { refused: "agent_refused" } : { signature });
      });
    });
  return [{ id: sha256, type: key.type, publicKey, sha256, comment: key.comment.slice(0, COMMENT_MAX_CHARS), sign }];
}

/** Keys of the agent that can log in; none when it cannot be asked. */
export function agentKeys(socket: string): Promise<readonly AgentKey[]> {
  const agent = new OpenSSHAgent(socket);
  return within<readonly AgentKey[]>([], (done) => {
    agent.getIdentities((error, keys) => {
      const known = error || keys === undefined ? [] : keys.flatMap((key) => keyOf(agent, key as ParsedKey));
      done(known.slice(0, AGENT_KEYS_MAX));
    });
  });
}
