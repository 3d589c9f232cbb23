import { ipAddress, ipPrefix, macAddress } from "../model/addresses.ts";

/** What a word names that can be looked up, in the form in which a device is asked for it. */
export type WordKind = { kind: "ipv4" | "ipv6" | "prefix" | "mac"; value: string };

/** What a person typed or selected; nothing when it is no address. Signs around a selected word do not count. */
export function wordKind(text: string): WordKind | undefined {
  // What stands around an address in output and configurations, never in one: brackets, commas, quotes, a last full stop.
  const word = text.trim().replace(/^[([{<"']+|[)\]}>"',;.]+$/g, "");
  const mac = macAddress(word);
  if (mac !== undefined) return { kind: "mac", value: mac };
  const prefix = ipPrefix(word);
  if (prefix !== undefined) return { kind: "prefix", value: prefix };
  // A zone names an interface of one machine, not of the device that is asked.
  const address = word.includes("%") ? undefined : ipAddress(word);
  return address === undefined ? undefined : { kind: address.includes(":") ? "ipv6" : "ipv4", value: address };
}

/** The port of a device that a word names, by its long or its short name in any case. */
export function portOfWord(
  text: string,
  ports: readonly { readonly name: string; readonly short?: string | undefined }[],
): string | undefined {
  const word = text
    .trim()
    .replace(/[,:;]+$/, "")
    .toLowerCase();
  if (word === "") return undefined;
  return ports.find(({ name, short }) => name.toLowerCase() === word || short?.toLowerCase() === word)?.name;
}
