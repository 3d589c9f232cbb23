import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import { isSameKey } from "./host-proof.ts";
import type { HopState } from "./login-attempt.ts";
import { placesOf, type TabletPins } from "./tablet-pins.ts";

/**
 * Which host keys a connect may meet. For telemetry those that the device's terminal met, and no others [S49], as far as
 * this tablet checked them itself: the proxy's word for what the terminal met is not enough [S47].
 */
export class MetKeys {
  readonly #pins: Pick<TabletPins, "of">;
  /** Of each host of the way to the device's terminal, in order, as its handshake proved it to this page. */
  readonly #proved = new Map<string, readonly (HostKey | null)[]>();
  /** The jump hosts' keys of a terminal that an earlier page opened. */
  readonly #recalled = new Map<string, readonly HostKey[]>();

  constructor(pins: Pick<TabletPins, "of">) {
    this.#pins = pins;
  }

  proved(device: string, hops: readonly HopState[]): void {
    this.#recalled.delete(device);
    this.#proved.set(
      device,
      hops.map(({ proved_key }) => proved_key),
    );
  }

  recalled(device: string, via: readonly HostKey[]): void {
    this.#proved.delete(device);
    this.#recalled.set(device, via);
  }

  forget(device: string): void {
    this.#proved.delete(device);
    this.#recalled.delete(device);
  }

  /** By hop, the device last. */
  ofTerminal({ target }: DeviceRecord): Promise<HostKey[][]> {
    return Promise.all(placesOf(target).map((place) => this.#pins.of(place)));
  }

  /** By hop, the device last; `pin`: the device's key, as the terminal is said to have met it. */
  async ofTelemetry(record: DeviceRecord, pin: HostKey | undefined): Promise<HostKey[][]> {
    const { id, target } = record;
    const trusted = await this.ofTerminal(record);
    const proved = this.#proved.get(id);
    const met = proved?.length === trusted.length ? proved : [];
    const recalled = this.#recalled.get(id);
    const via = recalled?.length === target.via.length ? recalled : [];
    return trusted.map((pins, at) => {
      const here = met[at] ?? null;
      const wanted = at === target.via.length ? pin : (here ?? via[at]);
      const checked = here === null ? pins : [here, ...pins];
      // After a reload that lost what the jump hosts showed, any key of theirs that is trusted will do.
      if (wanted === undefined) return pins;
      const found = checked.find((key) => isSameKey(key, wanted));
      return found === undefined ? [] : [found];
    });
  }
}
