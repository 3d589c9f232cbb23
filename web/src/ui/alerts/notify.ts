import { goTo } from "../layout/navigation.ts";
import { LEVEL_TEXTS } from "./signal-levels.ts";
import type { SignalAct } from "./signal-plan.ts";

type Notify = Extract<SignalAct, { do: "notify" }>;

/** Whether notifications can be had: `missing` in browsers without them, an iPad's tabs among those. */
export function notificationState(): "missing" | "ask" | "granted" | "denied" {
  if (!("Notification" in globalThis)) return "missing";
  return Notification.permission === "default" ? "ask" : Notification.permission;
}

/** Asks the person, from a touch on the switch only [U73]. */
export async function askForNotifications(): Promise<boolean> {
  if (notificationState() === "missing") return false;
  return (await Notification.requestPermission()) === "granted";
}

/**
 * Shows one, in place of the last of its kind. `label`: the user's name for the device; without one the vault is locked
 * and nothing of the device is told.
 */
export async function notify({ device, level, tag, count, lines }: Notify, label: string | undefined): Promise<void> {
  if (notificationState() !== "granted") return;
  const word = LEVEL_TEXTS[level].word.toLowerCase();
  const title =
    label === undefined ? "Rackside: a device needs a look" : `${label}: ${count > 1 ? `${count} ` : ""}${word}`;
  const more = count > lines.length ? [`and ${count - lines.length} more`] : [];
  const body = label === undefined ? "" : [...lines, ...more].join("\n");
  const options = { tag, body, icon: "/icon-192.png", silent: true };
  try {
    const shown = new Notification(title, options);
    shown.addEventListener("click", () => {
      window.focus();
      goTo(device);
      shown.close();
    });
  } catch {
    // Android shows notifications through the service worker only.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(title, options).catch(() => undefined);
  }
}
