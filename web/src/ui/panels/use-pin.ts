import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { PINNED_PORTS_MAX, pinnedPorts, pinsKey } from "./panel-layout.ts";

/** Whether a port is pinned, and the way to change it; `full`: no further port fits. */
export function usePin(device: string, port: string): { on: boolean; full: boolean; toggle: () => void } {
  const ui = useView("ui_state");
  const dispatch = useDispatch();
  const pinned = pinnedPorts(ui, device);
  const on = pinned.includes(port);
  const toggle = (): void => {
    const ports = on ? pinned.filter((one) => one !== port) : [...pinned, port];
    void dispatch(commands.updateLayout(pinsKey(device), { ports }));
  };
  return { on, full: !on && pinned.length >= PINNED_PORTS_MAX, toggle };
}
