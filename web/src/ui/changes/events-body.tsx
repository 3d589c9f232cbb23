import { useState } from "react";
import { useView } from "#bridge/hooks.ts";
import { AlertList } from "../alerts/alert-list.tsx";
import { worstAlert } from "../alerts/alert-words.ts";
import { DeviceSignals } from "../alerts/device-signals.tsx";
import { Segments } from "../primitives/field.tsx";
import { NoticeList, useNotices } from "../status/notices.tsx";
import { ChangeList } from "./change-list.tsx";

type Part = "alerts" | "changes" | "notices" | "signals";

const counted = (word: string, count: number): string => (count === 0 ? word : `${word} ${count}`);

/** One of three lists at a time, and how the device may call for attention. */
export default function EventsBody({ device }: { device: string }) {
  const alerts = useView(`alerts:${device}`);
  const changes = useView(`changes:${device}`);
  const notices = useNotices(device);
  const worst = worstAlert(alerts);
  const [part, setPart] = useState<Part>(
    worst !== undefined && worst.acknowledged_at === undefined ? "alerts" : "changes",
  );
  const holding = alerts?.alerts.filter(({ phase }) => phase !== "cleared").length ?? 0;
  return (
    <>
      <Segments
        choices={[
          { value: "alerts", label: counted("Alerts", holding) },
          { value: "changes", label: counted("Changes", changes?.unseen ?? 0) },
          { value: "notices", label: "Notices" },
          { value: "signals", label: "Signals" },
        ]}
        label="Show"
        onChange={setPart}
        value={part}
      />
      {part === "alerts" ? <AlertList device={device} /> : null}
      {part === "changes" ? <ChangeList device={device} /> : null}
      {part === "notices" ? <NoticeList notices={notices} /> : null}
      {part === "signals" ? <DeviceSignals device={device} /> : null}
    </>
  );
}
