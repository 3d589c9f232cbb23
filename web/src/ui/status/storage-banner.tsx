import type { StorageView } from "#bridge/types.ts";
import { Banner } from "../layout/banner.tsx";

/** What this tablet cannot keep: because the browser refuses its storage, or because the desks failed [T9]. Both may be. */
export function StorageBanner({ storage }: { storage: StorageView | undefined }) {
  if (storage === undefined) return null;
  return (
    <>
      {storage.phase === "failed" && !storage.keep_nothing ? (
        <Banner icon="warn" testId="storage-banner" tone="warn">
          <strong>Nothing is kept on this tablet.</strong> The browser refuses its storage
          {storage.error === undefined ? "" : ` (${storage.error})`}: a closed page cannot come back to its sessions.
        </Banner>
      ) : null}
      {storage.desks_error === undefined ? null : (
        <Banner icon="warn" testId="desks-banner" tone="warn">
          <strong>History and alerts of this tablet have failed:</strong> {storage.desks_error}; terminal and panels go
          on. Reload the page.
        </Banner>
      )}
    </>
  );
}
