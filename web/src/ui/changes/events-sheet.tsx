import { useState } from "react";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import EventsBody from "./events-body.tsx";
import StripGlance from "./strip-glance.tsx";

/** Alerts, changes and notices of a device. */
export default function EventsSheet({ device, onClose }: { device: string; onClose: () => void }) {
  const [glance, setGlance] = useState(false);
  return (
    <Sheet
      footer={
        <Button icon="maximise" onClick={() => setGlance(true)}>
          Glance
        </Button>
      }
      icon="events"
      onClose={onClose}
      title="Events"
      width="560px"
    >
      <EventsBody device={device} />
      {glance ? <StripGlance device={device} onClose={() => setGlance(false)} /> : null}
    </Sheet>
  );
}
