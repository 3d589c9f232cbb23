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
  /** The holder is another client, not another tab of this one. */
  otherClient: boolean;
  sessions: { sid: string; session_id: "ssh1" | "ssh2"; ended?: true }[];
  /** Of the list; for a device that is not in it, what the session itself says of it. */
  record: DeviceRecord;
  /** The record is not in the list: it has to go along with the command that opens it. */
  quick: boolean;
};

/** A device of which only a session is known: what a quick connect to the same address would be. */
function recordOfSession({ device, label, target }: CatalogView["elsewhere"][number]): DeviceRecord {
  return { ...recordOf(emptyForm, device), label, target };
}

/** The terminal session among those of a device, one that runs before one that ended; without one a tap opens a new one. */
export const terminalOf = (sessions: ElsewhereGroup["sessions"]): string | undefined => {
  const terminals = sessions.filter(({ session_id }) => session_id === "ssh1");
  return (terminals.find(({ ended }) => ended !== true) ?? terminals[0])?.sid;
};

/**
 * The group of a device whose terminal is in use on another client now: opening one more wants a question first. Another
 * tab of this one needs none: its session is asked for, and the card of a device in use comes.
 */
export function usedElsewhere(catalog: CatalogView | undefined, device: string): ElsewhereGroup | undefined {
  return elsewhereByDevice(catalog).find(
    (group) =>
      group.device === device &&
      group.otherClient &&
      group.sessions.some(({ session_id, ended }) => session_id === "ssh1" && ended !== true),
  );
}

/** Sessions elsewhere, one entry per device, without the devices that are open in this page. */
export function elsewhereByDevice(catalog: CatalogView | undefined): ElsewhereGroup[] {
  const groups = new Map<string, ElsewhereGroup>();
  for (const entry of catalog?.elsewhere ?? []) {
    const { device, label, sid, session_id, ended } = entry;
    // A page may have an ended one on its screen still: that is no use of the device.
    const holder = ended === true ? undefined : entry.holder;
    const otherClient = holder !== undefined && entry.other_client === true;
    const session = { sid, session_id, ...(ended === true ? { ended } : {}) };
    if (catalog?.open.includes(device)) continue;
    const group = groups.get(device);
    if (group !== undefined) {
      group.sessions.push(session);
      if (holder !== undefined) group.holder ??= holder;
      group.otherClient ||= otherClient;
      continue;
    }
    const listed = catalog?.records.find((one) => one.id === device);
    groups.set(device, {
      device,
      label,
      otherClient,
      sessions: [session],
      record: listed ?? recordOfSession(entry),
      quick: listed === undefined,
      ...(holder === undefined ? {} : { holder }),
    });
  }
  return [...groups.values()];
}
