/** Devices that may ask for the clipboard are kept per client: the clipboard is this client's [S85]. */
const KEY = "rackside.terminal.clipboard-ask";
/** Most devices that are kept; the longest chosen are forgotten, which means "ignored". */
const KEPT_MAX = 500;

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === "string") : [];
  } catch {
    // Refused storage, or what is there is not ours: nobody may ask.
    return [];
  }
}

/** Whether the device may ask to write to the clipboard; not unless the person said so. */
export function clipboardAsks(device: string): boolean {
  return stored().includes(device);
}

/** Keeps the person's choice; false when this browser keeps nothing. */
export function setClipboardAsks(device: string, on: boolean): boolean {
  const others = stored().filter((id) => id !== device);
  try {
    localStorage.setItem(KEY, JSON.stringify(on ? [...others, device].slice(-KEPT_MAX) : others));
    return true;
  } catch {
    return false;
  }
}
