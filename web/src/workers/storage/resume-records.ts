import type { ShellSessionId } from "#protocol/ids.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey, Transport } from "#protocol/messages/target.ts";
import type { CryptoBox } from "./crypto-box.ts";
import type { TabletStore } from "./tablet-store.ts";

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
  /** The run of the proxy that had the session. */
  boot_id?: string | undefined;
  /** The page whose worker had the session; its next worker is the heir. */
  page?: string | undefined;
  at: number;
  /** A person ended the session, and the proxy has not confirmed it: to be disconnected, never to be taken up. */
  ends?: true;
};

/** Resume records on the tablet, sealed since they hold tokens [S71] [WP27]. */
export class ResumeRecords {
  readonly #store: TabletStore;
  readonly #box: CryptoBox;

  constructor(store: TabletStore, box: CryptoBox) {
    this.#store = store;
    this.#box = box;
  }

  async put(record: ResumeRecord): Promise<void> {
    await this.#store.put("resume", record.sid, await this.#box.seal(contextOf(record.sid), record));
  }

  async remove(sid: string): Promise<void> {
    await this.#store.remove("resume", sid);
  }

  /** Sessions that may be taken up again. */
  async list(): Promise<readonly ResumeRecord[]> {
    return (await this.#all()).filter(({ ends }) => ends !== true);
  }

  /** Sessions that were ended without a confirmation. */
  async ending(): Promise<readonly ResumeRecord[]> {
    return (await this.#all()).filter(({ ends }) => ends === true);
  }

  /** Every readable record; what cannot be read is of no use to anyone and goes. */
  async #all(): Promise<readonly ResumeRecord[]> {
    const records: ResumeRecord[] = [];
    for (const [sid, sealed] of await this.#store.entries("resume")) {
      const value = await this.#box.unseal(contextOf(sid), sealed);
      if (isRecord(value)) records.push(value);
      else await this.#store.remove("resume", sid);
    }
    return records;
  }
}

function contextOf(sid: string): string {
  return `resume ${sid}`;
}

/** Written by this code and sealed: only the version needs to be checked. */
function isRecord(value: unknown): value is ResumeRecord {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}
