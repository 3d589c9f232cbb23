import type { ShellSessionId } from "#protocol/ids.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { AlgorithmSet, HostKey } from "#protocol/messages/target.ts";
import type { Bytes } from "./bytes.ts";
import type { KeyHandles } from "./key-handles.ts";
import type { SignFacts } from "./sign-gate.ts";
import { signatureAlgorithms } from "./ssh-signature.ts";

/** One host on the way of an attempt; the last one is the device. */
export type HopState = {
  host: string;
  port: number;
  user: string;
  /** Trusted before the attempt began. */
  pins: readonly HostKey[];
  /** The person trusted it during this attempt; remembered once it is proved [S46]. */
  trusted: HostKey | null;
  /** Whatever key this tablet has of the host, also one that this attempt may not meet [S49]. */
  held: readonly HostKey[];
  /** For ssh2: the one key that ssh1 met; no other is asked about [S49]. */
  only: HostKey | null;
  /** The handshake that was verified here: its session id, and the key that signed it [S47]. */
  proved: Bytes | null;
  proved_key: HostKey | null;
  signed: number;
};

/** A key that was offered for one hop of an attempt. */
export type Offered = { hop: number; id: string; type: string; key: KeyHandles };

/** A connect of this page that is on its way, as the page knows it: what the proxy says is measured by it [S53]. */
export type LoginAttempt = {
  device: string;
  session_id: ShellSessionId;
  started_at: number;
  record: DeviceRecord;
  hops: HopState[];
  offered: readonly Offered[];
  /** Hops at which the agent of the proxy's host may be asked [S60]. */
  agent: readonly number[];
  sign_hidden: boolean;
};

/**
 * `held`: the keys that this tablet has, by hop; `pins`: those of them that the attempt may meet. What the record says of
 * keys comes from the proxy, and counts for nothing.
 */
export function hopsOf(
  { target }: DeviceRecord,
  held: readonly (readonly HostKey[])[],
  pins: readonly (readonly HostKey[])[],
  only?: HostKey,
): HopState[] {
  const fresh = { trusted: null, only: null, proved: null, proved_key: null, signed: 0 };
  const { host, port, user, via } = target;
  const hops = [...via, { host, port, user }].map((hop, at) => {
    const may = pins[at] ?? [];
    return { ...hop, held: [...(held[at] ?? []), ...may], pins: may, ...fresh };
  });
  return hops.map((hop, at) => (at === via.length ? { ...hop, only: only ?? null } : hop));
}

/** The hop that is the device itself, as the attempt was begun: the list may have another way by now; -1 without an attempt. */
export function targetHop(attempt: LoginAttempt | undefined): number {
  return attempt === undefined ? -1 : attempt.hops.length - 1;
}

/** The algorithm set of one hop: a jump host has its own [S39]. */
function setAt({ target, algorithms }: DeviceRecord, hop: number): AlgorithmSet {
  const jump = target.via[hop];
  return jump === undefined ? algorithms : (jump.algorithms ?? "modern");
}

/** What is known for one sign request; the gate decides. */
export function factsFor(
  attempt: LoginAttempt | undefined,
  hop: number,
  now: { now: number; visible: boolean; unlocked: boolean },
): SignFacts {
  const state = attempt?.hops[hop];
  const weak = attempt !== undefined && setAt(attempt.record, hop) !== "modern";
  return {
    ...now,
    started_at: attempt?.started_at ?? null,
    sign_hidden: attempt?.sign_hidden ?? false,
    hop: state && { user: state.user, session_id: state.proved, signed: state.signed },
    keys: (attempt?.offered ?? [])
      .filter((one) => one.hop === hop)
      .map(({ type, key }) => ({
        blob: key.blob,
        // A signature with SHA-1 only where the person chose an older set for this very host [S61].
        algorithms: signatureAlgorithms(type).filter((name) => name !== "ssh-rsa" || weak),
      })),
  };
}
