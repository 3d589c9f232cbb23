/** A browser's WebSocket as far as the link uses it, played by a test. */
export class SocketDouble extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  readonly sent: (string | Uint8Array)[] = [];
  closed: { code: number; reason: string } | null = null;

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(code = 1000, reason = ""): void {
    this.closed ??= { code, reason };
  }

  /** The proxy sends. */
  give(data: string | Uint8Array): void {
    const body = typeof data === "string" ? data : data.slice().buffer;
    this.dispatchEvent(new MessageEvent("message", { data: body }));
  }

  /** The connection is gone. */
  drop(code: number, reason = ""): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  /** Control messages that were sent, parsed. */
  controls(): Record<string, unknown>[] {
    return this.sent.flatMap((data) => (typeof data === "string" ? [JSON.parse(data) as Record<string, unknown>] : []));
  }

  /** Binary frames that were sent. */
  frames(): Uint8Array[] {
    return this.sent.filter((data) => typeof data !== "string");
  }
}
