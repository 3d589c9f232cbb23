import type { AlertState } from "#bridge/types.ts";
import { alertTitle } from "../alerts/alert-words.ts";
import { Chip } from "../primitives/chip.tsx";
import { usePolite } from "../status/use-polite.ts";

type AlertMarkProps = { alert: AlertState | undefined; crit: number; warn: number };

/** How many alerts hold, by the worst; spoken when the worst changes [U2] [U87]. Nothing where none holds. */
export function AlertMark({ alert, crit, warn }: AlertMarkProps) {
  const level = alert?.level;
  const spoken = usePolite(
    alert === undefined ? "" : `${level === "crit" ? "Critical alert" : "Warning"}: ${alertTitle(alert)}`,
  );
  return (
    <>
      {level === undefined ? null : (
        <span className="rs-alert-mark" data-level={level}>
          <Chip filled={level === "crit"} icon="warn" tone={level}>
            {level === "crit" ? `${crit} crit` : `${warn} warn`}
          </Chip>
        </span>
      )}
      <span aria-live="polite" className="rs-visually-hidden">
        {spoken}
      </span>
    </>
  );
}
