import "./shell.css";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { DeviceList } from "../connect/device-list.tsx";
import { ErrorBoundary } from "../primitives/error-boundary.tsx";
import { Banners } from "../status/banners.tsx";
import { useLock } from "../vault/lock-cover.tsx";
import { UnlockNote } from "../vault/unlock-note.tsx";
import { goTo, usePlace } from "./navigation.ts";
import { useRegionKeys } from "./region-keys.ts";
import { TopBar } from "./top-bar.tsx";
import { useDisposeClosed } from "./use-dispose-closed.ts";
import { loadWorkspace, prefetchWorkspace } from "./workspace-code.ts";

const Workspace = lazy(loadWorkspace);
const SettingsSheet = lazy(() => import("../settings/settings-sheet.tsx"));
const Signals = lazy(() => import("../alerts/signals.tsx"));
const ConnectionSheet = lazy(() => import("../status/connection-sheet.tsx"));

/** One value for all renders: selectors compare by identity. */
const NONE_OPEN: readonly string[] = [];

export type SheetName = "settings" | "connection";

/** Frame of the app: top bar, what must be read, and one place: the list of devices or a device's workspace. */
export function Shell() {
  const place = usePlace();
  const open = useViewSelector("catalog", (view) => view?.open ?? NONE_OPEN);
  const [sheet, setSheet] = useState<SheetName>();
  useRegionKeys();
  useDisposeClosed(open);
  useFocusOnCover(sheet === undefined);
  useEffect(prefetchWorkspace, []);
  const device = place.device !== null && open.includes(place.device) ? place.device : null;
  return (
    <div className="rs-shell">
      <TopBar device={device} onSheet={setSheet} open={open} />
      <Banners device={device} />
      <main className="rs-main">
        <ErrorBoundary key={device ?? "home"} what={device === null ? "The device list" : "This device"}>
          {device === null ? (
            <Home />
          ) : (
            <Suspense fallback={<p className="rs-place-loading rs-muted">Loading this device</p>}>
              <Workspace device={device} region={place.region} />
            </Suspense>
          )}
        </ErrorBoundary>
      </main>
      {open.length === 0 ? null : (
        <Suspense fallback={null}>
          <Signals open={open} />
        </Suspense>
      )}
      <Suspense fallback={null}>
        {sheet === "settings" ? <SettingsSheet device={device} onClose={() => setSheet(undefined)} /> : null}
        {sheet === "connection" ? <ConnectionSheet device={device} onClose={() => setSheet(undefined)} /> : null}
      </Suspense>
    </div>
  );
}

/** A sheet gives the focus back to its button; locked meanwhile, it belongs to what has to be typed now [S70]. */
function useFocusOnCover(noSheet: boolean): void {
  const { locked } = useLock();
  const before = useRef(noSheet);
  useEffect(() => {
    const closed = noSheet && !before.current;
    before.current = noSheet;
    if (closed && locked) document.querySelector<HTMLElement>(".rs-lock-cover input")?.focus();
  }, [noSheet, locked]);
}

/** The list of devices; while the vault is locked, what waits for it is said above. */
function Home() {
  const { locked } = useLock();
  return (
    <div className="rs-home-place">
      {locked ? <UnlockNote /> : null}
      <DeviceList onOpened={goTo} />
    </div>
  );
}
