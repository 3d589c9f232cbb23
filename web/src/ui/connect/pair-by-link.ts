import type { AppBridge } from "#bridge/app-bridge.ts";
import { commands } from "#bridge/commands.ts";
import { guessLabel } from "./client-label.ts";

/** Uses the code of a pairing link as soon as it is known that this client is not paired; a paired one needs no code. */
export function pairByLink(bridge: AppBridge, code: string | undefined): void {
  if (code === undefined) return;
  let done = false;
  const view = bridge.view("sign_in");
  const look = (): void => {
    const phase = view.getSnapshot()?.phase;
    if (done || phase === undefined || phase === "checking" || phase === "pairing") return;
    done = true;
    following.unsubscribe();
    if (phase !== "paired") void bridge.dispatch(commands.pair(code, guessLabel()));
  };
  const following = view.subscribe(look);
  look();
}
