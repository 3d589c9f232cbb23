import "./changes.css";
import { useView } from "#bridge/hooks.ts";
import { holding, worstAlert } from "../alerts/alert-words.ts";
import { AlertMark } from "./alert-mark.tsx";

/** The worst alert on the phone's switcher, where the strip is out of sight [U2]. */
export function PhoneAlert({ device }: { device: string }) {
  const alerts = useView(`alerts:${device}`);
  return <AlertMark alert={worstAlert(alerts)} crit={holding(alerts, "crit")} warn={holding(alerts, "warn")} />;
}
