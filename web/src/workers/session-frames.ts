import type { AckFrame, OutFrame } from "#protocol/frames.ts";
import { PAGE_SOCKET_HIGH_WATER_BYTES } from "#protocol/limits.ts";
import type { PageEffect, PageSession } from "#protocol/page/session-core.ts";
import { ByteRate } from "./byte-rate.ts";
import type { RuntimeDeps } from "./runtime-deps.ts";

/** The binary frames of one session, both ways: what the hub brings from the socket and asks for [WP8] to [WP17]. */
export abstract class SessionFrames {
  protected readonly deps: RuntimeDeps;
  protected page: PageSession | null = null;
  readonly #rate: ByteRate;

  constructor(deps: RuntimeDeps) {
    this.deps = deps;
    this.#rate = new ByteRate(deps.env.now());
  }

  /** Does what the core wants after something came on `link`. */
  protected abstract carryOut(effects: readonly PageEffect[], link: string): void;

  owns(link: string, chan: number): boolean {
    const attachment = this.page?.attachment;
    return attachment?.link === link && attachment.chan === chan;
  }

  onOut(link: string, { pos, body, stderr }: OutFrame): void {
    if (this.page === null) return;
    this.#rate.add(body.length);
    this.carryOut(this.page.onOut(link, pos, body, stderr), link);
  }

  onAck(link: string, { pos, limit }: AckFrame): void {
    if (this.page !== null) this.carryOut(this.page.onAck(link, pos, limit), link);
  }

  get unackedSince(): number | null {
    return this.page?.input.oldestUnackedAt ?? null;
  }

  nextIn(bufferedAmount: number): Uint8Array<ArrayBuffer> | undefined {
    return this.page?.nextIn(bufferedAmount);
  }

  /** Whether input only waits for the socket to drain. */
  hasInputFor(bufferedAmount: number): boolean {
    return bufferedAmount >= PAGE_SOCKET_HIGH_WATER_BYTES && (this.page?.input.unacknowledged ?? 0) > 0;
  }

  ackAt(): number | null {
    return this.page?.ackAt() ?? null;
  }

  takeAck(): Uint8Array<ArrayBuffer> | undefined {
    return this.page?.takeAck(this.deps.env.now());
  }

  /** The rate is due to be measured anew. */
  get rateIsOld(): boolean {
    return this.#rate.isOld(this.deps.env.now());
  }

  /** Gives the page core the window that `size` finds right for the measured rate [WP9]. */
  setWindow(size: (bytesPerSecond: number | null) => number): void {
    this.page?.output.setWindow(size(this.#rate.perSecond(this.deps.env.now())));
  }
}
