import { useEffect, useRef } from "react";

/** Ends the terminals for good; their code came with the first terminal, the first paint does without it. */
async function dispose(devices: readonly string[]): Promise<void> {
  const { terminals } = await import("#terminal/terminal-registry.ts");
  for (const device of devices) terminals.dispose(device);
}

/** Disposes the terminals of devices whose tab has closed; until then they live outside React [U3]. */
export function useDisposeClosed(open: readonly string[]): void {
  const before = useRef<readonly string[]>(open);
  useEffect(() => {
    const closed = before.current.filter((device) => !open.includes(device));
    before.current = open;
    if (closed.length > 0) void dispose(closed);
  }, [open]);
}
