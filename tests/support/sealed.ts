import { DataKeys, type KeyWrapper } from "#workers/storage/data-keys.ts";
import { LocalKey } from "#workers/storage/local-key.ts";
import { ResumeRecords } from "#workers/storage/resume-records.ts";
import { SealedStore } from "#workers/storage/sealed-store.ts";
import { openSealedStores, type SealedStores } from "#workers/storage/sealed-stores.ts";
import type { TabletStore } from "#workers/storage/tablet-store.ts";

/** What the worker makes of a tablet's storage; without a vault unless one is given. */
export async function sealedOn(
  store: TabletStore,
  vault: KeyWrapper | null = null,
): Promise<{ keys: DataKeys; local: LocalKey; sealed: SealedStore; stores: SealedStores; resume: ResumeRecords }> {
  const { crypto } = globalThis;
  const local = await LocalKey.open(crypto, store);
  const keys = new DataKeys(crypto, local, vault);
  const sealed = new SealedStore({ crypto, now: () => Date.now() }, store, keys);
  const stores = await openSealedStores(store, sealed, local);
  return { keys, local, sealed, stores, resume: new ResumeRecords(stores.resume) };
}
