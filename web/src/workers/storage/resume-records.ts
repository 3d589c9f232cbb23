import type { ShellSessionId } from "#protocol/ids.ts";
import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey, Transport } from "#protocol/messages/target.ts";
import type { SealedValues } from "./sealed-values.ts";

/** What a later page needs to ask for a session again: small and versioned, never a snapshot of an actor [A4]. */
export type ResumeRecord = {
  version: 1;
  device: string;
  session_id: ShellSessionId;
  sid: string;
  token: string;
  epoch: number;
  record: DeviceRecord;
  cols: number;
  rows: number;
  host_key: HostKey;
  simulated: boolean;
  transport: Transport;
  server_ident: string;
  /** Verified keys of the jump hosts, and the key that opened the device: telemetry meets and uses the same [S49] [S59]. */
  via_host_keys?: readonly HostKey[] | undefined;
  auth_key?: string | undefined;
  /** The method that let the session in. */
  auth_method?: string | undefined;
  /** The login that was chosen for this opening alone, by ids: a later page of the tablet goes on with it [S59]. */
  login?: LoginChoice | undefined;
  /** The run of the proxy that had the session. */
  boot_id?: string | undefined;
  /** The page whose worker had the session; its next worker is the heir. */
  page?: string | undefined;
  at: number;
  /** A person ended the session, and the proxy has not confirmed it: to be disconnected, never to be taken up. */
  ends?: true;
};

/** Sessions whose records wait for the vault, and when the first of their grace windows ends, epoch ms [S71]. */
export type LockedSessions = { sessions: number; until: number };

/** How long the proxy keeps the session at least, as far as this tablet knows: its grace since the last sign of life. */
export function keptUntil({ at, record }: ResumeRecord): number {
  return at + record.grace_s * 1_000;
}

/** Resume records on the tablet, sealed since they hold tokens [S71] [WP27]. */
export class ResumeRecords {
  readonly #values: SealedValues<ResumeRecord>;

  constructor(values: SealedValues<ResumeRecord>) {
    this.#values = values;
  }

  async put(record: ResumeRecord): Promise<void> {
    await this.#values.put(record.sid, record);
  }

  async remove(sid: string): Promise<void> {
    await this.#values.remove(sid);
  }

  /** Sessions that may be taken up again. */
  async list(): Promise<readonly ResumeRecord[]> {
    return (await this.#all()).filter(({ ends }) => ends !== true);
  }

  /** Sessions that were ended without a confirmation. */
  async ending(): Promise<readonly ResumeRecord[]> {
    return (await this.#all()).filter(({ ends }) => ends === true);
  }

  /** Every session that has a record, readable or not. */
  sids(): Promise<readonly string[]> {
    return this.#values.keys();
  }

  /** Sessions that cannot be asked for before the vault is open; undefined when there are none. */
  async locked(): Promise<LockedSessions | undefined> {
    const { locked } = await this.#values.entries();
    if (locked.length === 0) return undefined;
    return { sessions: locked.length, until: Math.min(...locked.map(({ until }) => until ?? 0)) };
  }

  async #all(): Promise<readonly ResumeRecord[]> {
    const { readable } = await this.#values.entries();
    return readable.flatMap(([, record]) => (record.version === 1 ? [record] : []));
  }
}
