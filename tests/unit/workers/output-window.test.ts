import { expect, test } from "vitest";
import type { OutFrame } from "#protocol/frames.ts";
import { OUT_WINDOW_BYTES, OUT_WINDOW_HIDDEN_BYTES } from "#protocol/limits.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import type { SessionRuntime } from "#workers/session-runtime.ts";

const FRAME: OutFrame = { kind: "out", chan: 1, pos: 0, body: new Uint8Array(1), stderr: false };

/** A session whose rate is known, as the hub sees it. */
class Measured {
  readonly device = "d";
  readonly session_id = "ssh1";
  readonly windows: number[] = [];
  rateIsOld = false;
  frames = 0;
  owns = () => true;
  ackAt = () => null;
  hasInputFor = () => false;
  linkUp(): void {}
  onOut(): void {
    this.frames++;
  }
  setWindow(size: (bytesPerSecond: number | null) => number): void {
    this.windows.push(size(10_000_000));
  }
}

test("[WP9] a flood gets its window as soon as its rate can be told, not with the next beat", () => {
  const env = { now: () => 0 } as HostEnv;
  const hub = new LinkHub(env, { message() {}, answered() {}, inputWaits() {} });
  const session = new Measured();
  hub.add(session as unknown as SessionRuntime);
  hub.setRtt(1);
  const link = { id: "l" } as OpenLink;
  hub.onOut(link, FRAME);
  expect(session.windows).toEqual([]);
  session.rateIsOld = true;
  hub.onOut(link, FRAME);
  expect(session.frames).toBe(2);
  expect(session.windows).toHaveLength(1);
  expect(session.windows[0]).toBeGreaterThan(OUT_WINDOW_BYTES);
  hub.setHidden(true);
  expect(session.windows.at(-1)).toBe(OUT_WINDOW_HIDDEN_BYTES);
});
