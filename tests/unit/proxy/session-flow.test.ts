/** Pause and resume of the device's channel follow the core, whatever is sent in between [WP12]. */
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { Down } from "#protocol/down.ts";
import { PAUSE_UNSENT_BYTES } from "#protocol/limits.ts";
import type { Link, LinkTable } from "#proxy/links/link-table.ts";
import { Session, type SessionIdentity, type SessionParts } from "#proxy/session.ts";

const RING_BYTES = 1024 * 1024;
const FRAME_BYTES = 32 * 1024;

/** A stream that only tells whether it is read. */
class Stream extends EventEmitter {
  readonly readableLength = 0;
  readonly writable = true;
  flowing = false;
  pause(): void {
    this.flowing = false;
  }
  resume(): void {
    this.flowing = true;
  }
  close(): void {}
}

class Channel extends Stream {
  readonly stderr = new Stream();
}

function setup() {
  const channel = new Channel();
  const client = {
    shell: (_pty: unknown, opened: (error: undefined, channel: Channel) => void) => opened(undefined, channel),
  };
  const connection = { client, onEnd() {}, fail() {} } as unknown as SessionParts["connection"];
  const options = { sid: "n.s", session_id: "ssh1", overflow: "hold", cols: 80, rows: 24, graceMs: 1_000 } as const;
  let link: Link | undefined;
  const session = new Session(
    { device: "d" } as unknown as SessionIdentity,
    { ...options, ringBytes: RING_BYTES, tailBytes: 0 },
    {
      connection,
      viaKeys: [],
      transport: "shell_pty",
      term: "xterm",
      log() {},
      links: { get: () => link } as unknown as LinkTable,
    } as unknown as SessionParts,
  );
  const pump = (): void => {
    for (let step = session.nextOut(FRAME_BYTES); step !== undefined; step = session.nextOut(FRAME_BYTES)) {
      session.run(step.effects);
    }
  };
  // Control goes out first, and then at once what waits behind it [WP10].
  link = {
    id: "l",
    clientId: "c",
    instanceId: "i",
    label: "tablet",
    open: () => 1,
    send: pump,
    pump,
  } as unknown as Link;
  return { channel, link, session };
}

test("[WP12] [L3] a device whose output found room while its page attached is read on", async () => {
  const { channel, link, session } = setup();
  await session.open();
  session.begin();
  channel.emit("data", Buffer.alloc(2 * PAUSE_UNSENT_BYTES));
  expect(channel.flowing).toBe(true);
  const wish = { device: "d", out_pos: 0, in_pos: 0, limit: RING_BYTES, known_epoch: 0, durable: false };
  session.attach(link, wish, (state) => ({ action: "attached", payload: state }) as Down);
  expect(session.core.unsent).toBe(0);
  expect({ paused: session.core.paused, flowing: channel.flowing }).toEqual({ paused: false, flowing: true });
});
