import { useEffect } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useViewSelector } from "#bridge/hooks.ts";
import type { PanelId } from "#bridge/types.ts";
import { withCardPanels, withCardPort } from "../port/card-monitoring.ts";

/** What goes on being asked while a device's panels are not on the screen: enough for its badge [U9] [T58]. */
const IN_BACKGROUND: readonly PanelId[] = ["ifstate", "bgp", "ospf", "cpu"];

/** Tells telemetry which panels are looked at; repeated when the session starts anew. */
export function useMonitoring(
  device: string,
  panels: readonly PanelId[],
  pinned: readonly string[],
  shown: boolean,
  /** The port whose card is open: it is asked for wherever the card was opened from [T88]. */
  card: string | undefined,
): void {
  const dispatch = useDispatch();
  const since = useViewSelector(`device:${device}`, (view) => (view?.ssh2.phase === "live" ? view.ssh2.since : 0));
  const wanted = panels.join();
  const ports = withCardPort(shown ? pinned : [], card).join("\n");
  useEffect(() => {
    if (since === 0) return undefined;
    const visible = wanted === "" ? [] : wanted.split(",");
    const quiet = visible.filter((id) => (IN_BACKGROUND as readonly string[]).includes(id));
    const looked = [...withCardPanels(shown ? visible : quiet, card)];
    void dispatch(commands.monitor(device, { panels: looked, pinned: ports === "" ? [] : ports.split("\n") }));
    return () => {
      void dispatch(commands.monitor(device, { panels: quiet, pinned: [] }));
    };
  }, [device, dispatch, since, wanted, ports, shown, card]);
}
