/** A MAC address in any usual notation as lower-case pairs with colons; nothing when it is none [T25]. */
export function macAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (
    !/^(?:[0-9a-fA-F]{4}[.:-]){2}[0-9a-fA-F]{4}$|^(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$|^[0-9a-fA-F]{12}$/.test(
      trimmed,
    )
  ) {
    return undefined;
  }
  const digits = trimmed.replace(/[^0-9a-fA-F]/g, "").toLowerCase();
  return digits.match(/../g)?.join(":");
}

/** A dotted IPv4 address, checked. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function groupsOf(part: string): number[] | undefined {
  if (part === "") return [];
  const out: number[] = [];
  for (const group of part.split(":")) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    out.push(Number.parseInt(group, 16));
  }
  return out;
}

const ZONE = /^[\w./-]{1,64}$/;

/** An IPv6 address in the canonical form of RFC 5952; nothing when it is none. */
export function ipv6Address(text: string): string | undefined {
  const [address = "", zone] = text.split("%", 2);
  // A zone is the name of a port; anything else behind a percent sign is a damaged address.
  if (zone !== undefined && !ZONE.test(zone)) return undefined;
  const halves = address.split("::");
  if (halves.length > 2 || !address.includes(":")) return undefined;
  const head = groupsOf(halves[0] ?? "");
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "") : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return compress(groups) + (zone ? `%${zone}` : "");
}

/** The longest run of two or more zero groups becomes `::`, the first one when there are several. */
function compress(groups: number[]): string {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < groups.length; i++) {
    let length = 0;
    while (groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
    i += length;
  }
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(":");
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** An IP address in canonical form; nothing when the text is none. */
export function ipAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  return isIpv4(trimmed) ? trimmed : ipv6Address(trimmed);
}

/** An address with a prefix length, host bits as printed by the device [T25]. */
export function ipPrefix(text: string | undefined): string | undefined {
  const [address, length, rest] = (text ?? "").trim().split("/");
  const canonical = ipAddress(address);
  if (!canonical || rest !== undefined || length === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  return Number(length) <= (canonical.includes(":") ? 128 : 32) ? `${canonical}/${Number(length)}` : undefined;
}
