import { lazy, Suspense } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { closePort, useShownPort } from "../port/port-request.ts";

const PortSheet = lazy(() => import("../port/port-sheet.tsx"));

/** Sheets about a device that are asked for from more than one region: they stand beside all of them. */
export function DeviceSheets({ device }: { device: string }) {
  const online = useViewSelector("link", (link) => link?.phase === "online" || link?.phase === "probing");
  const live = useViewSelector(`device:${device}`, (view) => view?.ssh2.phase === "live");
  const connected = online && live;
  const port = useShownPort(device);
  return (
    <Suspense fallback={null}>
      {port === undefined ? null : (
        <PortSheet connected={connected} device={device} key={port} onClose={closePort} port={port} />
      )}
    </Suspense>
  );
}
