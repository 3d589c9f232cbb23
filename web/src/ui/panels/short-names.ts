import { useMemo } from "react";
import { useView } from "#bridge/hooks.ts";
import type { Row } from "./table-order.ts";

const PARTS = /^([A-Za-z-]+?)(\d.*)$/;

/** How an interface is called where there is little room. */
export type ShortName = (name: string) => string;

/**
 * Short forms by what this device's own ports are called, long and short [T21]: names of its neighbours' ports follow the
 * same prefixes. A name with another prefix stays as it is.
 */
export function shortNamesOf(ports: readonly Row[]): ShortName {
  const prefixes = new Map<string, string>();
  for (const { name, short } of ports) {
    if (typeof name !== "string" || typeof short !== "string") continue;
    const [, long, place] = PARTS.exec(name) ?? [];
    if (long === undefined || place === undefined || !short.endsWith(place)) continue;
    prefixes.set(long, short.slice(0, short.length - place.length));
  }
  return (name) => {
    const [, long = "", place = ""] = PARTS.exec(name) ?? [];
    const prefix = prefixes.get(long);
    return prefix === undefined ? name : `${prefix}${place}`;
  };
}

/** Short names of the ports of a device, and of those that it has at the other end of its cables. */
export function useShortNames(device: string): ShortName {
  const reading = useView(`panel:${device}:ifstate`);
  const ports = reading?.panel === "ifstate" ? (reading.data?.rows as readonly Row[] | undefined) : undefined;
  return useMemo(() => shortNamesOf(ports ?? []), [ports]);
}
