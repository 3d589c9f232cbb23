import { encodeAck } from "#protocol/frames.ts";
import { OutputReceiver } from "#protocol/page/output-receiver.ts";
import type { WirePage } from "#support/wire-client.ts";
import { WireSession } from "#support/wire-session.ts";
import { RenderModel } from "./render-model.ts";
import type { Shell } from "./shell.ts";

/** "instant": applied on arrival. A number: MB/s of a page that renders. */
export type Render = "instant" | number;

/** A session as a page has it: the page's own credit and ACK rules [WP9], output applied at the speed of a renderer. */
export class BenchSession extends WireSession implements Shell {
  #receiver: OutputReceiver;
  readonly #render: RenderModel | undefined;
  #listener: (bytes: Uint8Array) => void = () => {};
  #ackTimer: NodeJS.Timeout | undefined;

  constructor(
    page: WirePage,
    device: string,
    session_id: "ssh1" | "ssh2",
    connected: WireSession["connected"],
    render: Render,
  ) {
    super(page, device, session_id, connected);
    this.#receiver = new OutputReceiver(connected.out_start, connected.out_window);
    this.#receiver.grant();
    this.#render = render === "instant" ? undefined : new RenderModel(render, (bytes) => this.#applied(bytes));
  }

  override onOut(pos: number, body: Uint8Array): void {
    const verdict = this.#receiver.onOut(pos, body);
    if (!verdict.ok) throw new Error(`output at ${pos}: ${verdict.reason}`);
    this.recv = this.#receiver.recv;
    if (this.#render === undefined) this.#applied(verdict.bytes);
    else this.#render.push(verdict.bytes);
  }

  #applied(bytes: Uint8Array): void {
    this.#receiver.onApplied(bytes.length, performance.now());
    this.#listener(bytes);
    this.#acknowledge();
  }

  #acknowledge(): void {
    const at = this.#receiver.ackAt();
    if (at === null || !this.acking) return;
    const wait = at - performance.now();
    if (wait > 0) {
      this.#ackTimer ??= setTimeout(() => {
        this.#ackTimer = undefined;
        this.#acknowledge();
      }, wait);
      return;
    }
    const { pos, limit, saved } = this.#receiver.takeAck();
    this.page.sendFrame(encodeAck(this.chan, pos, limit, saved));
  }

  /** Goes on after a resume: what is being rendered stays, credit starts anew. */
  override resumeOn(page: WirePage, state: Parameters<WireSession["resumeOn"]>[1]): void {
    super.resumeOn(page, state);
    this.#receiver.ackAnew();
    this.#acknowledge();
  }

  write(text: string): void {
    this.type(text);
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    clearTimeout(this.#ackTimer);
    this.#render?.stop();
    this.#listener = () => {};
    await this.request("disconnect", {} as never);
  }
}
