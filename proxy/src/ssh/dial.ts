/** Opens the TCP connection to checked, literal addresses; the SSH library never resolves or dials [S37]. */
import { connect, type Socket } from "node:net";
import { TCP_TIMEOUT_MS } from "#protocol/limits.ts";
import { failed, type Outcome, succeeded } from "../failure.ts";

export type DialTarget = { addresses: readonly string[]; port: number };

/** What an operating system's error says to the person who waits. */
function refusal(error: NodeJS.ErrnoException, address: string, port: number): Outcome<Socket> {
  const where = `${address} port ${port}`;
  switch (error.code) {
    case "ECONNREFUSED":
      return failed("unreachable", "refused", `${where}: connection refused`);
    case "ECONNRESET":
    case "EPIPE":
      return failed("unreachable", "reset", `${where}: connection reset`);
    case "ETIMEDOUT":
      return failed("dial_timeout", "tcp", `${where}: no answer`);
    default:
      return failed("unreachable", "network", `${where}: ${error.code ?? "network error"}`);
  }
}

function dialOne(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Outcome<Socket>> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    const done = (outcome: Outcome<Socket>) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      // The socket may still report, also before the handshake listens: an unheard error would end the process.
      socket.on("error", () => {});
      if (!outcome.ok) socket.destroy();
      resolve(outcome);
    };
    const onError = (error: NodeJS.ErrnoException) => done(refusal(error, address, port));
    const onAbort = () => done(failed("auth_failed", "cancelled"));
    const timer = setTimeout(
      () => done(failed("dial_timeout", "tcp", `${address} port ${port}: no answer`)),
      timeoutMs,
    );
    socket.on("error", onError);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.once("connect", () => done(succeeded(socket)));
  });
}

/** Tries the addresses in turn, within TCP_TIMEOUT_MS in all. The socket has no-delay on [WP40]. */
export async function dial(
  target: DialTarget,
  signal: AbortSignal,
  timeoutMs = TCP_TIMEOUT_MS,
): Promise<Outcome<Socket>> {
  let last: Outcome<Socket> = failed("unreachable", "name", "the name has no usable address");
  const deadline = Date.now() + timeoutMs;
  for (const [index, address] of target.addresses.entries()) {
    const left = deadline - Date.now();
    if (left <= 0 || signal.aborted) break;
    // An address that swallows packets must leave time for the next one.
    const share = left / (target.addresses.length - index);
    last = await dialOne(address, target.port, share, signal);
    if (last.ok) return last;
  }
  return last;
}
