/** Levels by which the tablet may call for attention, and the ways it has [U71]. */
export const SIGNAL_LEVELS = ["critical", "warning", "change", "asks"] as const;
export type SignalLevel = (typeof SIGNAL_LEVELS)[number];
export const SIGNAL_CHANNELS = ["vibration", "sound", "notification"] as const;
export type SignalChannel = (typeof SIGNAL_CHANNELS)[number];

/** How a level calls, unless the person says otherwise for a device [U71]. */
export const USUAL: Record<SignalLevel, Record<SignalChannel, boolean>> = {
  critical: { vibration: true, sound: true, notification: true },
  warning: { vibration: true, sound: false, notification: false },
  change: { vibration: true, sound: false, notification: false },
  asks: { vibration: true, sound: false, notification: true },
};

/** What each level is, for the person. */
export const LEVEL_TEXTS: Record<SignalLevel, { word: string; what: string }> = {
  critical: { word: "Critical", what: "link down, power or fan lost, peer down, other host key" },
  warning: { word: "Warning", what: "a limit that is near, a neighbour that left" },
  change: { word: "Change", what: "what you may have caused: a port up, a neighbour appeared" },
  asks: { word: "Asks", what: "a password, a prompt, text that waits" },
};

/** Something that may call for attention. Times in epoch milliseconds. */
export type Signal = { device: string; level: SignalLevel; text: string; at: number };
