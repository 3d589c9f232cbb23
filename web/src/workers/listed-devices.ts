import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostParts } from "./host-parts.ts";

/** What is kept of a device goes when the device leaves the user's list. */
export class ListedDevices {
  readonly #parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks" | "records">;
  /** Ids of the confirmed list, as last seen. */
  #listed: ReadonlySet<string> = new Set();

  constructor(parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks" | "records">) {
    this.#parts = parts;
  }

  confirmed(list: readonly DeviceRecord[]): void {
    const { readings, history, secrets, desks, records } = this.#parts;
    const ids = new Set(list.map(({ id }) => id));
    for (const id of this.#listed) {
      if (ids.has(id)) continue;
      void readings.forget(id);
      // In this order: a desk that still knew the device would write it anew.
      void desks.forget(id).then(() => records.clear(id));
      void history.delete(id, null);
      void secrets.choices.forget(id);
    }
    this.#listed = ids;
  }
}
