/** Leaving: SIGINT within 2 s, SIGTERM after a drain, a second signal at once; faults drain and exit non-zero [WP36] [S27]. */
import { SIGINT_EXIT_MS } from "#protocol/limits.ts";
import type { Log } from "./log.ts";

export type Leaving = {
  /** Refuses connects, tells pages. */
  drain(deadline_s: number): void;
  /** Whether nothing is left that a drain would wait for. */
  idle(): boolean;
  close(): Promise<void>;
};

/** How often a drain looks whether the last session has ended. */
const LOOK_MS = 200;
/** Time that pages get to read going_away before their sockets close. */
const TELL_MS = 100;
/** Time that close() gets before the process ends without it. */
const CLOSE_MAX_MS = SIGINT_EXIT_MS - 500;

/** Where signals and faults come from: the process. */
export type LeavingSource = { on(event: string, listener: (cause: unknown) => void): unknown };

/** Installs the handlers; `exit` ends the process. */
export function leaveOnSignals(
  proxy: Leaving,
  drain_s: number,
  log: Log,
  exit: (code: number) => void,
  source: LeavingSource = process,
): void {
  let leaving = false;
  const leave = async (deadline_s: number, code: number) => {
    if (leaving) {
      exit(code === 0 ? 130 : code);
      return;
    }
    leaving = true;
    proxy.drain(deadline_s);
    await until(() => proxy.idle(), deadline_s * 1_000);
    await new Promise((resolve) => setTimeout(resolve, TELL_MS));
    const forced = setTimeout(() => exit(code), CLOSE_MAX_MS);
    await proxy.close().catch((error: unknown) => log("error", "close.failed", { error: String(error) }));
    clearTimeout(forced);
    exit(code);
  };
  source.on("SIGINT", () => void leave(0, 0));
  source.on("SIGTERM", () => void leave(drain_s, 0));
  const fault = (kind: string) => (error: unknown) => {
    log("error", kind, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    void leave(0, 1);
  };
  source.on("uncaughtException", fault("uncaught_exception"));
  source.on("unhandledRejection", fault("unhandled_rejection"));
}

function until(done: () => boolean, ms: number): Promise<void> {
  if (ms <= 0 || done()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearInterval(look);
      clearTimeout(deadline);
      resolve();
    };
    const look = setInterval(() => {
      if (done()) finish();
    }, LOOK_MS);
    const deadline = setTimeout(finish, ms);
  });
}
