/** The way to the next host of a jump path: a channel of the connection before it, used as a socket [S39]. */
import type { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import { TCP_TIMEOUT_MS } from "#protocol/limits.ts";
import { failed, failure, type Outcome, succeeded, visibleText } from "../failure.ts";
import type { SshConnection } from "./connection.ts";

/** RFC 4254 section 5.1: the jump host forbids forwarding; it could not reach the host. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;
/** What the jump host is told about where the connection comes from; its own affair, so nothing is. */
const ORIGIN = { host: "127.0.0.1", port: 0 };

function refusal(error: Error & { reason?: unknown }, where: string): Outcome<never> {
  const text = visibleText(error.message);
  if (error.reason === PROHIBITED) return failed("channel_refused", "forward", text);
  if (error.reason === CONNECT_FAILED) return failed("unreachable", "network", `${where}: ${text}`);
  return failed("device_closed", undefined, text);
}

/** Opens it to a literal address, or to a name that the jump host resolves. */
export function openForward(connection: SshConnection, host: string, port: number): Promise<Outcome<Duplex>> {
  const where = `${host} port ${port}`;
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      resolve(failed("dial_timeout", "tcp", `${where}: no answer`));
    }, TCP_TIMEOUT_MS);
    const opened = (error: Error | undefined, channel: ClientChannel) => {
      clearTimeout(timer);
      if (late) {
        if (error === undefined) channel.close();
        return;
      }
      if (error !== undefined) {
        resolve(refusal(error, where));
        return;
      }
      channel.on("error", () => {});
      // The jump host may send no more than it was granted, whatever runs through it [WP14].
      channel.on("window_overrun", () => connection.fail(failure("device_misbehaved", "window")));
      resolve(succeeded(channel));
    };
    try {
      connection.client.forwardOut(ORIGIN.host, ORIGIN.port, host, port, opened);
    } catch {
      // ssh2 throws when the socket is already gone.
      clearTimeout(timer);
      resolve(failed("device_closed"));
    }
  });
}
