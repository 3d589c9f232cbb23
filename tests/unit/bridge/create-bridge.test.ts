import { expose } from "comlink";
import { afterEach, describe, expect, test, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import { type AppBridge, createBridge, type WorkerLike } from "#bridge/create-bridge.ts";
import { HOLD_MS } from "#bridge/view-handover.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import type { HostApi, ViewBatch, ViewChange } from "#workers/host-api.ts";

/** A worker on a MessageChannel: the host end is the real Comlink. */
class FakeWorker implements WorkerLike {
  readonly #page: MessagePort;
  readonly #host: MessagePort;
  readonly #listeners = new Map<string, (event: Event) => void>();
  readonly bytesFor: string[] = [];
  views: MessagePort | null = null;
  answers = true;
  constructor(seen: UiCommand[]) {
    const { port1, port2 } = new MessageChannel();
    this.#page = port1;
    this.#host = port2;
    this.#page.start();
    const api: HostApi = {
      dispatch: async (command) => {
        seen.push(command);
        if (!this.answers) await new Promise(() => {});
        return { ok: true, value: command.action };
      },
      subscribe: (port) => {
        this.views = port;
        port.postMessage({ changes: [["notices", []]] } satisfies ViewBatch);
      },
      openBytes: (device, port) => {
        this.bytesFor.push(device);
        port.close();
      },
    };
    expose(api, this.#host);
  }
  postMessage(message: unknown, transfer: Transferable[]): void {
    this.#page.postMessage(message, transfer);
  }
  addEventListener(type: string, listener: (event: Event) => void): void {
    if (type === "message") this.#page.addEventListener(type, listener);
    else this.#listeners.set(type, listener);
  }
  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.#page.removeEventListener(type, listener);
  }
  terminate(): void {
    this.#page.close();
    this.#host.close();
    this.views?.close();
  }
  crash(): void {
    this.#listeners.get("error")?.({ type: "error", message: "boom", filename: "/a/w.js", lineno: 3 } as ErrorEvent);
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const seen: UiCommand[] = [];
  let now = 0;
  let tick = (): void => {};
  const bridge = createBridge({
    spawn() {
      const worker = new FakeWorker(seen);
      workers.push(worker);
      return worker;
    },
    now: () => now,
    every: (_ms, run) => {
      tick = run;
      return () => {};
    },
    channel: () => new MessageChannel(),
  });
  running.push(bridge);
  const advance = (ms: number): void => {
    for (const end = now + ms; now < end; ) {
      now += 1_000;
      tick();
    }
  };
  return { bridge, workers, seen, advance, phase: () => bridge.view("worker").getSnapshot()?.phase };
}

const running: AppBridge[] = [];
afterEach(() => {
  for (const bridge of running.splice(0)) bridge.stop();
});

const catalog = (...open: string[]): ViewChange => [
  "catalog",
  { records: [], rev: 1, from: "cache", open, elsewhere: [] },
];
const signIn = (phase: "checking" | "paired" | "revoked"): ViewChange => ["sign_in", { phase }];

describe("bridge", () => {
  test("commands given before the start wait for the worker", async () => {
    const { bridge, seen } = setUp();
    const answer = bridge.dispatch(commands.retry());
    expect(seen).toEqual([]);
    bridge.start();
    expect(await answer).toEqual({ ok: true, value: "retry" });
    expect(seen).toMatchObject([{ v: 1, device: "-", session_id: "link", type: "system", action: "retry" }]);
  });

  test("[A7] a call under way when the worker dies ends as the value worker_failed", async () => {
    const { bridge, workers, phase } = setUp();
    bridge.start();
    await vi.waitFor(() => expect(phase()).toBe("running"));
    for (const worker of workers) worker.answers = false;
    const answer = bridge.dispatch(commands.retry());
    workers[0]?.crash();
    expect(await answer).toMatchObject({ ok: false, error: { code: "worker_failed", retry: "yes" } });
  });

  test("[U97] a dead worker is replaced, terminals get a port on the new one, two crashes a minute stop", async () => {
    const { bridge, workers, phase } = setUp();
    bridge.start();
    bridge.openBytes("d1");
    await vi.waitFor(() => expect(workers[0]?.bytesFor).toEqual(["d1"]));
    workers[0]?.crash();
    await vi.waitFor(() => expect(workers[1]?.bytesFor).toEqual(["d1"]));
    await vi.waitFor(() => expect(phase()).toBe("running"));
    expect(bridge.view("worker").getSnapshot()).toMatchObject({ replaced: 1 });
    workers[1]?.crash();
    expect(bridge.view("worker").getSnapshot()).toMatchObject({ phase: "failed", report: "boom (w.js:3)" });
    expect(await bridge.dispatch(commands.retry())).toMatchObject({ ok: false, error: { code: "worker_failed" } });
    bridge.restart();
    await vi.waitFor(() => expect(phase()).toBe("running"));
    expect(workers).toHaveLength(3);
  });

  test("[U97] a worker that does not answer for 5 s is replaced", async () => {
    const { bridge, workers, phase, advance } = setUp();
    bridge.start();
    await vi.waitFor(() => expect(phase()).toBe("running"));
    advance(8_000);
    expect(workers).toHaveLength(2);
  });

  test("[U97] what the page shows of its sessions stays until the next worker has them, or plainly will not", async () => {
    for (const [change, wait, shown] of [
      [catalog("d2", "d1"), 0, ["d2", "d1"]],
      // One that is lost is seen to be in the end; at once where nobody may see it any more.
      [catalog("d1"), HOLD_MS, ["d1"]],
      [signIn("revoked"), 0, []],
      [["vault", { phase: "locked" }] as unknown as ViewChange, 0, []],
    ] as const) {
      const { bridge, workers, phase, advance } = setUp();
      const open = () => bridge.view("catalog").getSnapshot()?.open;
      const publish = (...changes: ViewChange[]) => workers.at(-1)?.views?.postMessage({ changes } satisfies ViewBatch);
      bridge.start();
      await vi.waitFor(() => expect(phase()).toBe("running"));
      publish(signIn("paired"), catalog("d1", "d2"));
      await vi.waitFor(() => expect(open()).toEqual(["d1", "d2"]));
      workers[0]?.crash();
      await vi.waitFor(() => expect(workers[1]?.views ?? null).not.toBeNull());
      publish(signIn("checking"), catalog());
      publish(signIn("paired"));
      for (let turns = 0; turns < 3; turns++) await new Promise((turn) => setImmediate(turn));
      expect([open(), phase(), bridge.view("sign_in").getSnapshot()?.phase]).toEqual([
        ["d1", "d2"],
        "replacing",
        "paired",
      ]);
      publish(change);
      if (wait > 0) {
        for (let turns = 0; turns < 3; turns++) await new Promise((turn) => setImmediate(turn));
        expect(open()).toEqual(["d1", "d2"]);
        advance(wait);
      }
      await vi.waitFor(() => expect([open(), phase()]).toEqual([shown, "running"]));
    }
  });

  test("one channel per device until it is closed", () => {
    const { bridge } = setUp();
    const channel = bridge.openBytes("d1");
    expect(bridge.openBytes("d1")).toBe(channel);
    channel.close();
    expect(bridge.openBytes("d1")).not.toBe(channel);
  });
});
