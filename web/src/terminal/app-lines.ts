/** Lines that the app itself draws into a terminal, in bytes: they must pass the same decoder as the device's. */

type Place = { readonly cols: number; readonly cursorColumn: number; readonly alternateScreen: boolean };

const encoder = new TextEncoder();
const LEAVE_ALTERNATE = "\x1b[?1049l";
/** CAN ends a sequence that the device left unfinished; then plain attributes and character set. */
const PLAIN_STATE = "\x18\x1b[0m\x1b(B\x0f";

function line(text: string, place: Place): Uint8Array {
  const start = PLAIN_STATE + (place.alternateScreen ? LEAVE_ALTERNATE : "");
  // Leaving the alternate screen puts the cursor back somewhere in a line, so a new one is begun in any case.
  const fresh = place.alternateScreen || place.cursorColumn > 0 ? "\r\n" : "";
  return encoder.encode(`${start}${fresh}\x1b[2m${text}\x1b[0m\r\n`);
}

const two = (n: number) => String(n).padStart(2, "0");

/** Local date and time, sortable, without a locale's surprises. */
function stamp(at: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A dated line of the app, set off from the device's output. */
export function appLine(text: string, at: Date, place: Place): Uint8Array {
  return line(`── ${stamp(at)} ${text} ──`, place);
}

/** "n KiB (m bytes) not received" on a rule as wide as the screen: exactly what is missing [U100]. */
export function gapLine(bytes: number, place: Place): Uint8Array {
  const exact = bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const amount = bytes < 1_024 ? exact : `${(bytes / 1_024).toFixed(1)} KiB (${exact})`;
  const text = ` ${amount} not received `;
  const rule = Math.max(4, place.cols - text.length);
  return line("─".repeat(Math.floor(rule / 2)) + text + "─".repeat(Math.ceil(rule / 2)), place);
}

/**
 * Ends what the last session had switched on: alternate screen, scroll region, application keys, bracketed paste,
 * mouse and focus reports, hidden cursor. The next device has not asked for any of it.
 */
export function newSessionModes(alternateScreen: boolean): Uint8Array {
  const reports = "\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016l";
  const leave = alternateScreen ? LEAVE_ALTERNATE : "";
  return encoder.encode(`${PLAIN_STATE}${leave}\x1b[!p${reports}\x1b[?1;66;2004;2026l\x1b[?7;25h\x1b[0m`);
}

/** "Reset screen": everything local back to its start, scrollback kept; nothing goes to the device [U70]. */
export function resetScreenBytes(alternateScreen: boolean): Uint8Array {
  return newSessionModes(alternateScreen);
}
