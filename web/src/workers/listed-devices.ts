import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostParts } from "./host-parts.ts";

/** What is kept of a device goes when the device leaves the user's list. */
export class ListedDevices {
  readonly #parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks">;
  /** Ids of the confirmed list, as last seen. */
  #listed: ReadonlySet<string> = new Set();

  constructor(parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks">) {
    this.#parts = parts;
  }

  confirmed(records: readonly DeviceRecord[]): void {
    const { readings, history, secrets, desks } = this.#parts;
    const ids = new Set(records.map(({ id }) => id));
    for (const id of this.#listed) {
      if (ids.has(id)) continue;
      void readings.forget(id);
      void desks.forget(id);
      void history.delete(id, null);
      void secrets.choices.forget(id);
    }
    this.#listed = ids;
  }
}
