import "./changes.css";
import { lazy, Suspense, useState } from "react";
import { Button } from "../primitives/button.tsx";

const EventsBody = lazy(() => import("./events-body.tsx"));
const StripGlance = lazy(() => import("./strip-glance.tsx"));

/** Alerts, changes and notices as the phone's third region; nothing counts as seen while it is hidden. */
export function EventsPage({ device, shown }: { device: string; shown: boolean }) {
  const [glance, setGlance] = useState(false);
  return (
    <div className="rs-events-page rs-scroll">
      <header className="rs-events-head">
        <h2>Events</h2>
        <Button icon="maximise" onClick={() => setGlance(true)}>
          Glance
        </Button>
      </header>
      <Suspense fallback={null}>
        {shown ? <EventsBody device={device} /> : null}
        {glance ? <StripGlance device={device} onClose={() => setGlance(false)} /> : null}
      </Suspense>
    </div>
  );
}
