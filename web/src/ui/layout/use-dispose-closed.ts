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

/** No screen outlives the pairing [S11]: whoever pairs this page next begins without any. */
export function useDisposeUnpaired(open: readonly string[], unpaired: boolean): void {
  const shown = useRef(new Set<string>());
  useEffect(() => {
    for (const device of open) shown.current.add(device);
    if (!unpaired || shown.current.size === 0) return;
    void dispose([...shown.current]);
    shown.current.clear();
  }, [open, unpaired]);
}
