/** Platforms that a pack exists for, plus `unknown`, for which only the raw output of a few safe commands is shown. */
export const PLATFORM_IDS = ["frr", "linux", "cisco_ios", "unknown"] as const;

/** Name of a platform pack. */
export type PlatformId = (typeof PLATFORM_IDS)[number];

/** What a person reads for a platform. `experimental` platforms have not been seen on real hardware by the project. */
export type PlatformInfo = { id: PlatformId; title: string; vendor?: string; experimental?: true };

/** Every platform that can be chosen by hand, in the order in which a list shows them. */
export const platforms: readonly PlatformInfo[] = [
  { id: "cisco_ios", title: "Cisco IOS / IOS-XE", vendor: "Cisco", experimental: true },
  { id: "frr", title: "FRRouting (vtysh)" },
  { id: "linux", title: "Linux" },
  { id: "unknown", title: "Unknown platform" },
];

/** True when the text names a platform; used where a remembered choice comes back from storage. */
export function isPlatformId(text: string): text is PlatformId {
  return (PLATFORM_IDS as readonly string[]).includes(text);
}
