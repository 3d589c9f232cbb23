import type { ServerChannel } from "ssh2";

/**
 * Writes text to a channel; resolves when the client's window took it all, rejects once the channel closed. It waits
 * for each write and not for `drain`: the library's own buffer holds 2 MiB, which would outlive a Ctrl-C.
 */
export function channelWriter(channel: ServerChannel): (text: string) => Promise<void> {
  let isClosed = false;
  const waiting = new Set<() => void>();
  channel.once("close", () => {
    isClosed = true;
    for (const wake of waiting) wake();
    waiting.clear();
  });
  return async (text) => {
    if (isClosed || !channel.writable) throw new Error("channel closed");
    await new Promise<void>((resolve) => {
      waiting.add(resolve);
      channel.write(text, () => {
        waiting.delete(resolve);
        resolve();
      });
    });
    if (isClosed) throw new Error("channel closed");
  };
}
