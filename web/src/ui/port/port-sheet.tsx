import "./port.css";
import "../connect/question.css";
import { lazy, Suspense, useEffect, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { PINNED_PORTS_MAX } from "../panels/panel-layout.ts";
import { usePin } from "../panels/use-pin.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { PortCounters } from "./port-counters.tsx";
import { PortDetailParts } from "./port-details.tsx";
import { portFacts } from "./port-facts.ts";
import { PortIdentity, PortNeighbours, PortSpeed } from "./port-parts.tsx";
import { usePortDetails } from "./use-port-details.ts";

const PortGlance = lazy(() => import("./port-glance.tsx"));

type PortSheetProps = { device: string; port: string; connected: boolean; onClose: () => void };

/** One port with everything that is known of it, live while it is open [T88]. */
export default function PortSheet({ device, port, connected, onClose }: PortSheetProps) {
  const dispatch = useDispatch();
  const [glance, setGlance] = useState(false);
  const [ifstate, ifcounters, traffic, neighbors, lag] = [
    useView(`panel:${device}:ifstate`),
    useView(`panel:${device}:ifcounters`),
    useView(`panel:${device}:traffic`),
    useView(`panel:${device}:neighbors`),
    useView(`panel:${device}:lag`),
  ];
  const facts = portFacts(port, { ifstate, ifcounters, traffic, neighbors, lag });
  const details = usePortDetails(device, port, connected);
  const pin = usePin(device, port);
  useEffect(() => {
    void dispatch(deskCommand(device, "port_show", { interface: port }));
    return () => void dispatch(deskCommand(device, "port_show", { interface: null }));
  }, [device, dispatch, port]);
  const shared = { device, port, facts, connected };
  return (
    <Sheet
      footer={
        <>
          <Button
            disabledReason={pin.full ? `At most ${PINNED_PORTS_MAX} ports can be pinned` : undefined}
            icon={pin.on ? "minus" : "add"}
            onClick={pin.toggle}
            pressed={pin.on}
            variant="ghost"
          >
            {pin.on ? "Unpin port" : "Pin port"}
          </Button>
          <Button icon="maximise" onClick={() => setGlance(true)}>
            Glance
          </Button>
          <Button
            disabledReason={
              connected ? (details.busy ? "The device is being asked" : undefined) : "Telemetry is not running"
            }
            icon="refresh"
            onClick={details.refresh}
            variant="primary"
          >
            Refresh
          </Button>
        </>
      }
      onClose={onClose}
      testId="port-card"
      title={escapeDeviceText(port, 64)}
      width="640px"
    >
      <PortSpeed {...shared} readings={{ ifstate, rates: facts.rates?.reading }} />
      <PortCounters {...shared} />
      <PortNeighbours {...shared} reading={neighbors} />
      <PortDetailParts device={device} details={details} />
      <PortIdentity {...shared} reading={ifstate} bundles={lag} />
      <Suspense fallback={null}>
        {glance ? (
          <PortGlance connected={connected} device={device} onClose={() => setGlance(false)} port={port} />
        ) : null}
      </Suspense>
    </Sheet>
  );
}
