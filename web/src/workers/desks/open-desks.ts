import { AlertsDesk } from "./alerts-desk.ts";
import { AsksDesk } from "./asks-desk.ts";
import { ChangesDesk } from "./changes-desk.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { ExportsDesk } from "./exports-desk.ts";
import { HistoryDesk } from "./history-desk.ts";
import { PortDesk } from "./port-desk.ts";
import { SnapshotsDesk } from "./snapshots-desk.ts";

/** Every desk there is; loaded apart, so that the first screen does not wait for them. */
export function openDesks(context: DeskContext): readonly Desk[] {
  return [
    new HistoryDesk(context),
    new ChangesDesk(context),
    new AlertsDesk(context),
    new SnapshotsDesk(context),
    new ExportsDesk(context),
    new AsksDesk(context),
    new PortDesk(context),
  ];
}
