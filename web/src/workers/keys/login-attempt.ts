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
  /** Session id of the handshake that was verified here [S47]. */
  proved: Bytes | null;
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

export function hopsOf({ target, pins }: DeviceRecord, viaPins: readonly (readonly HostKey[])[]): HopState[] {
  const fresh = { trusted: null, proved: null, signed: 0 };
  const via = target.via.map((hop, at) => ({ ...hop, pins: viaPins[at] ?? [], ...fresh }));
  const { host, port, user } = target;
  return [...via, { host, port, user, pins, ...fresh }];
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
