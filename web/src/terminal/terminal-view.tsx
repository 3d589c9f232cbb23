import "@xterm/xterm/css/xterm.css";
import "./terminal.css";
import { useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { TerminalState } from "./terminal-handle.ts";
import { terminals } from "./terminal-registry.ts";

/** The place where a device's terminal is shown. The terminal itself is moved here and away again, never made anew [U3]. */
export function TerminalView({ device, active }: { device: string; active: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null || !active) return undefined;
    const terminal = terminals.get(device);
    terminal.attach(element);
    return () => terminal.detach();
  }, [device, active]);
  return <div className="rs-term-host" data-device={device} ref={host} />;
}

/** What is to be shown around the device's terminal. */
export function useTerminalState(device: string): TerminalState {
  const terminal = terminals.get(device);
  return useSyncExternalStore(terminal.subscribe, terminal.getState);
}
