import { useEffect, useRef } from "react";

/** Disposes the terminals of devices whose tab has closed; until then they live outside React [U3]. */
export function useDisposeClosed(open: readonly string[]): void {
  const before = useRef<readonly string[]>(open);
  useEffect(() => {
    const closed = before.current.filter((device) => !open.includes(device));
    before.current = open;
    if (closed.length === 0) return;
    // Loaded with the first terminal; the first paint does without it.
    void import("#terminal/terminal-registry.ts").then(({ terminals }) => {
      for (const device of closed) terminals.dispose(device);
    });
  }, [open]);
}
