import { lazy, Suspense } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { ChartHost } from "../charts/chart-host.tsx";
import { closeLookup, useAskedLookup } from "../lookup/lookup-request.ts";
import { closePort, useShownPort } from "../port/port-request.ts";

const LookupSheet = lazy(() => import("../lookup/lookup-sheet.tsx"));
const WholeTableSheet = lazy(() => import("../lookup/whole-table.tsx"));
const PortSheet = lazy(() => import("../port/port-sheet.tsx"));

/** Sheets about a device that are asked for from more than one region: they stand beside all of them. */
export function DeviceSheets({ device }: { device: string }) {
  const online = useViewSelector("link", (link) => link?.phase === "online" || link?.phase === "probing");
  const live = useViewSelector(`device:${device}`, (view) => view?.ssh2.phase === "live");
  const connected = online && live;
  const port = useShownPort(device);
  const asked = useAskedLookup(device);
  return (
    <Suspense fallback={null}>
      {asked === undefined ? null : "table" in asked ? (
        <WholeTableSheet
          connected={connected}
          device={device}
          find={asked.find}
          key={asked.table}
          onClose={closeLookup}
          table={asked.table}
        />
      ) : (
        <LookupSheet
          connected={connected}
          device={device}
          key={asked.query ?? ""}
          onClose={closeLookup}
          query={asked.query}
        />
      )}
      {port === undefined ? null : (
        <PortSheet connected={connected} device={device} key={port} onClose={closePort} port={port} />
      )}
      <ChartHost connected={connected} device={device} />
    </Suspense>
  );
}
