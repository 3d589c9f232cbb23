import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostParts } from "./host-parts.ts";

type Parts = Pick<HostParts, "readings" | "history" | "secrets" | "desks" | "records" | "resume">;

/** Records of which each is one device's; rules hold for all. */
const DEVICE_KINDS = ["series", "gaps", "changes", "snapshots", "alerts", "zeroes", "audit", "captures"] as const;

/** What is kept of a device goes when the device leaves the user's list, or is closed and in no list. */
export class ListedDevices {
  readonly #parts: Parts;
  readonly #isOpen: (device: string) => boolean;
  /** Ids of the confirmed list, as last seen; none before there was one. */
  #listed: ReadonlySet<string> | undefined;
  /** Ids of the list as it is shown, with what was added offline; none before the proxy has said the list in this run. */
  #shown: ReadonlySet<string> | undefined;

  constructor(parts: Parts, isOpen: (device: string) => boolean) {
    this.#parts = parts;
    this.#isOpen = isOpen;
  }

  confirmed(list: readonly DeviceRecord[]): void {
    const ids = new Set(list.map(({ id }) => id));
    for (const id of this.#listed ?? []) if (!ids.has(id)) void this.#forget(id);
    this.#listed = ids;
  }

  /** The proxy has said the list in this run: what was left behind goes once, as soon as the desks' code is there. */
  whole(shown: readonly DeviceRecord[]): void {
    const isFirst = this.#shown === undefined;
    this.#shown = new Set(shown.map(({ id }) => id));
    if (isFirst) this.#parts.desks.whenOpen(() => this.#sweep());
  }

  /**
   * Devices may have been removed elsewhere while this tablet was closed, and pages with quick connections were killed:
   * what is in no list, not open, and has no session to come back to goes. Then what is too old goes of all others.
   */
  async #sweep(): Promise<void> {
    const { records, resume, desks } = this.#parts;
    // Sessions that wait for the vault may be of any device.
    if ((await resume.locked()) === undefined) {
      const resumed = new Set((await resume.list()).map(({ device }) => device));
      const isKnown = (id: string): boolean =>
        resumed.has(id) || this.#listed?.has(id) === true || this.#shown?.has(id) === true || this.#isOpen(id);
      for (const kind of DEVICE_KINDS) {
        for (const id of await records.devices(kind)) if (!isKnown(id)) await this.#forget(id);
      }
    }
    await desks.sweep();
  }

  /**
   * A workspace was closed: of a quick connection nothing stays, nor of a device that was removed while its sessions went
   * on. Without a confirmed list nobody knows whether it is one of these.
   */
  closed(id: string): void {
    if (this.#listed?.has(id) === false) void this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    const { readings, history, secrets, desks, records } = this.#parts;
    void readings.forget(id);
    void history.delete(id, null);
    void secrets.choices.forget(id);
    // In this order: a desk that still knew the device would write it anew.
    await desks.forget(id);
    await records.clear(id);
  }
}
