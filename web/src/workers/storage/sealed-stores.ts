import type { Remembered } from "#telemetry/collector.ts";
import type { KeptReading } from "../readings-feed.ts";
import type { HistoryEntry } from "./command-history.ts";
import type { LocalKey } from "./local-key.ts";
import { keptUntil, type ResumeRecord } from "./resume-records.ts";
import type { SealedStore } from "./sealed-store.ts";
import { SealedValues } from "./sealed-values.ts";
import type { TabletStore } from "./tablet-store.ts";

/** The tablet's sealed key-value stores [S71]. */
export type SealedStores = {
  /** Command history: nobody needs it while the vault is locked, so that its keys go with the lock. */
  history: SealedValues<readonly HistoryEntry[]>;
  resume: SealedValues<ResumeRecord>;
  readings: SealedValues<KeptReading>;
  platforms: SealedValues<Remembered>;
};

/** Opens them, and seals what an earlier version of the app left there otherwise. */
export async function openSealedStores(
  store: TabletStore,
  { sealedBox }: Pick<SealedStore, "sealedBox">,
  local: LocalKey,
): Promise<SealedStores> {
  const stores = {
    history: new SealedValues<readonly HistoryEntry[]>(store, "history", sealedBox("commands", "unlocked")),
    resume: new SealedValues<ResumeRecord>(store, "resume", sealedBox("resume"), keptUntil),
    readings: new SealedValues<KeptReading>(store, "readings", sealedBox("readings")),
    platforms: new SealedValues<Remembered>(store, "platforms", sealedBox("platforms")),
  };
  for (const values of Object.values(stores)) await values.takeUp(local);
  return stores;
}

/** Deletes what cannot be opened any more, now that the vault is erased. */
export async function sweepSealedStores(stores: SealedStores): Promise<void> {
  for (const values of Object.values(stores)) await values.entries();
}
