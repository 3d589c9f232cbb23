import { PANEL_IDS } from "../../knowledge/panel-data.ts";
import type { Pack } from "../../packs/pack.ts";

const WHY = "Unknown on this platform: choose one, or read the raw output.";
const PANELS = PANEL_IDS.filter((id) => id !== "raw" && id !== "collector" && id !== "audit");

/** A box that no signature fits: the answers of a few safe commands, as they came. */
export const unknownPack: Pack = {
  id: "unknown",
  title: "Unknown platform",
  version: 1,
  detect: { output: [] },
  session: {
    channel: "shell",
    setup: [],
    marker: "none",
    pager: [],
    dialogs: [],
    exit: "exit",
    width: 511,
    rate_per_s: 1,
  },
  errors: {
    unsupported: [
      "[Uu]nknown command",
      "[Ii]nvalid (?:input|command)",
      "syntax error",
      "[Cc]ommand not found",
      "bad command name",
      "[Uu]nknown action",
    ],
    denied: ["[Pp]ermission denied", "[Aa]uthorization failed", "not authorized"],
    gated: ["not (?:running|active|enabled)"],
    limit: ["session limit", "too many (?:sessions|connections)"],
  },
  hints: [],
  interfaces: { prefixes: [], hide: [] },
  counter_bits: 64,
  commands: {
    version: { tier: "A", variants: [{ text: "show version", form: "text", parser: "raw", evidence: "U" }] },
    interfaces: { tier: "L", variants: [{ text: "show interfaces", form: "text", parser: "raw", evidence: "U" }] },
    neighbors: { tier: "L", variants: [{ text: "show lldp neighbors", form: "text", parser: "raw", evidence: "U" }] },
  },
  panels: { raw: { commands: ["version", "interfaces", "neighbors"] } },
  unsupported: Object.fromEntries(PANELS.map((panel) => [panel, WHY])),
};
