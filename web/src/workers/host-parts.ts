import { SignInDesk } from "./actors/sign-in-desk.ts";
import { DatabaseRecords } from "./desks/database-records.ts";
import type { DeskContext } from "./desks/desk.ts";
import { CurrentCollectors, Desks } from "./desks/desks.ts";
import { HeldTables } from "./desks/held-tables.ts";
import type { HostEnv } from "./host-env.ts";
import { PendingReplies } from "./pending-replies.ts";
import { Publisher } from "./publisher.ts";
import { ReadingsFeed } from "./readings-feed.ts";
import { ClientIdentity } from "./storage/client-identity.ts";
import { CommandHistory } from "./storage/command-history.ts";
import { DataKeys } from "./storage/data-keys.ts";
import { DiscreetStore } from "./storage/discreet-store.ts";
import { LocalKey } from "./storage/local-key.ts";
import { ResumeRecords } from "./storage/resume-records.ts";
import { SealedStore } from "./storage/sealed-store.ts";
import { openSealedStores, type SealedStores, sweepSealedStores } from "./storage/sealed-stores.ts";
import { openTabletStore } from "./storage/tablet-store.ts";
import { TerminalLogs } from "./storage/terminal-logs.ts";
import { StorageReport } from "./storage-report.ts";
import { TabletLeaving } from "./tablet-leaving.ts";
import { TerminalPort } from "./terminal-port.ts";
import { SecretsDesk } from "./vault/secrets-desk.ts";

/** Byte ports by device; they outlive a tree of actors. */
export class TerminalPorts {
  readonly #ports = new Map<string, TerminalPort>();

  of(device: string): TerminalPort {
    let port = this.#ports.get(device);
    if (port === undefined) {
      port = new TerminalPort();
      this.#ports.set(device, port);
    }
    return port;
  }

  closeAll(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }
}

/** What lives as long as the worker: storage, identity, the page's ports. */
export type HostParts = {
  env: HostEnv;
  publisher: Publisher;
  replies: PendingReplies;
  ports: TerminalPorts;
  store: DiscreetStore;
  identity: ClientIdentity;
  /** Seals whatever is stored of devices and sessions, one key per purpose [S71]. */
  sealed: SealedStore;
  history: CommandHistory;
  resume: ResumeRecords;
  /** What collectors found out of platforms, by {@link platformKey}. */
  platforms: SealedStores["platforms"];
  /** Output of terminals, to be shown again after a page was killed [WP29]. */
  logs: TerminalLogs;
  readings: ReadingsFeed;
  /** What is kept of readings: history, changes, alerts, snapshots. */
  records: DatabaseRecords;
  desks: Desks;
  tables: HeldTables;
  collectors: CurrentCollectors;
  signIn: SignInDesk;
  leaving: TabletLeaving;
  /** Vault, keys and logins of this tablet; they outlive a tree of actors. */
  secrets: SecretsDesk;
  /** Looks whether the browser promised to keep storage. */
  checkPersisted(): Promise<void>;
  /** "Keep nothing on this tablet": wipes what is stored and stores nothing private from now on [WP32] [S71]. */
  setKeepNothing(on: boolean): Promise<void>;
  /** Whether nothing is to be kept now: another page of this tablet may have changed the choice. */
  keepsNothing(): Promise<boolean>;
};

/** The parts that have to be there before anything is awaited, so that no early call is lost [A8]. */
export type EarlyParts = Pick<HostParts, "env" | "publisher" | "replies" | "ports">;

export function earlyParts(env: HostEnv, onWatch: (key: string) => void): EarlyParts {
  return {
    env,
    publisher: new Publisher(env, onWatch),
    replies: new PendingReplies(),
    ports: new TerminalPorts(),
  };
}

/** Opens storage and what rests on it; never rejects for storage that fails, but says so in the `storage` view. */
export async function openParts(early: EarlyParts): Promise<HostParts> {
  const { env, publisher } = early;
  const report = new StorageReport(publisher);
  const refused = (cause: unknown): void => report.refused(cause);
  const store = await DiscreetStore.open(await openTabletStore(env.indexedDB, refused));
  let keepNothing = store.keepNothing;
  report.set({ keep_nothing: keepNothing });
  const identity = await ClientIdentity.load(env, store);
  const secrets = await SecretsDesk.load(env, store, publisher);
  const checkPersisted = async (): Promise<void> => {
    report.set({ persisted: await env.persisted().catch(() => false) });
  };
  void checkPersisted();
  const local = await LocalKey.open(env.crypto, store);
  const keys = new DataKeys(env.crypto, local, secrets.vault);
  const sealed = new SealedStore(env, store, keys);
  secrets.onStoragePhase = () => void sealed.phaseChanged();
  // Whoever erased the vault may have been closed before everything of it was deleted.
  if (secrets.vault.phase === "none") await sealed.phaseChanged();
  const stores = await openSealedStores(store, sealed, local);
  const history = new CommandHistory(stores.history);
  const resume = new ResumeRecords(stores.resume);
  const logs = await TerminalLogs.load(env, keys, keepNothing, refused);
  const readings = new ReadingsFeed(publisher, stores.readings, env);
  const boxOf = (device: string) => sealed.sealedBox(`history:${device}`);
  const records = await DatabaseRecords.open(env.indexedDB, boxOf, keepNothing, refused);
  sealed.subscribe(async (news) => {
    if (news === "unlocked") await Promise.all([logs.rewrap(), readings.restore(), history.unlocked()]);
    else history.letGo();
    if (news === "erased") await Promise.all([sweepSealedStores(stores), logs.wipeVaults(), records.sweep()]);
    report.waiting(await resume.locked());
  });
  report.waiting(await resume.locked());
  const collectors = new CurrentCollectors();
  const reading = readings.latest.bind(readings);
  const tables = new HeldTables();
  const showReading: DeskContext["show"] = (device, payload) =>
    readings.take({ session_id: "ssh2", type: "telemetry", action: "telemetry_update", device, seq: 0, payload });
  const context = {
    env,
    publisher,
    records,
    collectors,
    tables,
    reading,
    readings: () => readings.earlier(),
    show: showReading,
  };
  const desks = Desks.lazy(context, report, secrets);
  const kept = { store, identity, sealed, history, records, logs, readings, desks, secrets };
  const leaving = new TabletLeaving({ ...early, ...kept });
  const signIn = new SignInDesk(env, identity, leaving);
  secrets.onForgotten = () => signIn.forgotten();
  secrets.vault.onLeft = () => void leaving.leftElsewhere();
  return {
    ...early,
    store,
    identity,
    sealed,
    history,
    resume,
    platforms: stores.platforms,
    logs,
    readings,
    records,
    desks,
    tables,
    collectors,
    secrets,
    leaving,
    signIn,
    checkPersisted,
    async keepsNothing() {
      const before = keepNothing;
      keepNothing = await store.look();
      if (keepNothing !== before) {
        sealed.reset();
        await Promise.all([logs.setKeepNothing(keepNothing), records.setKeepNothing(keepNothing)]);
        report.set({ keep_nothing: keepNothing });
      }
      return keepNothing;
    },
    async setKeepNothing(on) {
      keepNothing = on;
      await Promise.all([store.setKeepNothing(on), logs.setKeepNothing(on), records.setKeepNothing(on)]);
      sealed.reset();
      report.set({ keep_nothing: keepNothing });
    },
  };
}
