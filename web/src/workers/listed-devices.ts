import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostParts } from "./host-parts.ts";

/** What is kept of a device goes when the device leaves the user's list, or is closed and in no list. */
export class ListedDevices {
  readonly #parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks" | "records">;
  /** Ids of the confirmed list, as last seen; none before there was one. */
  #listed: ReadonlySet<string> | undefined;

  constructor(parts: Pick<HostParts, "readings" | "history" | "secrets" | "desks" | "records">) {
    this.#parts = parts;
  }

  confirmed(list: readonly DeviceRecord[]): void {
    const ids = new Set(list.map(({ id }) => id));
    for (const id of this.#listed ?? []) if (!ids.has(id)) this.#forget(id);
    this.#listed = ids;
  }

  /**
   * A workspace was closed: of a quick connection nothing stays, nor of a device that was removed while its sessions went
   * on. Without a confirmed list nobody knows whether it is one of these.
   */
  closed(id: string): void {
    if (this.#listed?.has(id) === false) this.#forget(id);
  }

  #forget(id: string): void {
    const { readings, history, secrets, desks, records } = this.#parts;
    void readings.forget(id);
    // In this order: a desk that still knew the device would write it anew.
    void desks.forget(id).then(() => records.clear(id));
    void history.delete(id, null);
    void secrets.choices.forget(id);
  }
}
