import { useView, useViewSelector } from "#bridge/hooks.ts";
import { type Badge, badgeOf, worstBadge } from "./badge.ts";

/** A device's worst state with its alerts, as its tab and its row in the list show it [U7]. */
export function useBadge(device: string): Badge {
  const name = useViewSelector(`device:${device}`, (view) => view?.badge ?? "idle");
  return badgeOf(worstBadge(name, useView(`alerts:${device}`)));
}
