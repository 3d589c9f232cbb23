import type { CatalogView, DeviceRecord } from "#bridge/types.ts";
import { emptyForm, recordOf } from "./device-form.ts";

/** Address of a device as people write it: `user@host`, with the port when it is not SSH's own. */
export function addressText({ target }: DeviceRecord): string {
  const host = target.host.includes(":") && !target.host.startsWith("demo:") ? `[${target.host}]` : target.host;
  const port = target.port === 22 || target.host.startsWith("demo:") ? "" : `:${target.port}`;
  return `${target.user === "" ? "" : `${target.user}@`}${host}${port}`;
}

/** True when every word of the search occurs somewhere in the device. */
export function matchesDevice(record: DeviceRecord, search: string): boolean {
  const text = `${record.label} ${addressText(record)} ${record.platform ?? ""} ${record.note ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type ElsewhereGroup = {
  device: string;
  label: string;
  holder?: string;
  sessions: { sid: string; session_id: "ssh1" | "ssh2" }[];
  /** Of the list; for a device that is not in it, what the session itself says of it. */
  record: DeviceRecord;
  /** The record is not in the list: it has to go along with the command that opens it. */
  quick: boolean;
};

/** A device of which only a session is known: what a quick connect to the same address would be. */
function recordOfSession({ device, label, target }: CatalogView["elsewhere"][number]): DeviceRecord {
  return { ...recordOf(emptyForm, device), label, target };
}

/** The terminal session among those of a device; without one a tap opens a new one. */
export const terminalOf = (sessions: ElsewhereGroup["sessions"]): string | undefined =>
  sessions.find(({ session_id }) => session_id === "ssh1")?.sid;

/** Sessions elsewhere, one entry per device, without the devices that are open in this page. */
export function elsewhereByDevice(catalog: CatalogView | undefined): ElsewhereGroup[] {
  const groups = new Map<string, ElsewhereGroup>();
  for (const entry of catalog?.elsewhere ?? []) {
    const { device, label, holder, sid, session_id } = entry;
    if (catalog?.open.includes(device)) continue;
    const group = groups.get(device);
    if (group !== undefined) {
      group.sessions.push({ sid, session_id });
      continue;
    }
    const listed = catalog?.records.find((one) => one.id === device);
    groups.set(device, {
      device,
      label,
      sessions: [{ sid, session_id }],
      record: listed ?? recordOfSession(entry),
      quick: listed === undefined,
      ...(holder === undefined ? {} : { holder }),
    });
  }
  return [...groups.values()];
}
