import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const HEADER = /^\s*Name\s+Default RD\s+Protocols\s+Interfaces\s*$/;
/** The box's own tables stand in a list of their own below. */
const OTHER_LIST = /^\s+Platform iVRF Name\s/;
/** `  vpn21   65201:21   ipv4,ipv6   Gi0/0.21`; protocols and interfaces may be missing. */
const ROW = /^ {0,4}(\S+)\s+(?:\d\S*:\d+|<not set>)(?:\s+(?:ipv[46](?:,ipv[46])*)?(?:\s+\S+)?)?$/;
/** A VRF's further interfaces stand alone, far to the right. */
const MORE = /^ {30,}\S+$/;

/** `show vrf`: names of the VRFs besides the default one; a box without any prints the header, or nothing at all. */
export const iosVrfs: NamedParser = {
  id: "ios.vrfs",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.vrfs", 1, output);
    const vrfs: string[] = [];
    let list: "none" | "vrfs" | "other" = "none";
    let seen = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const name = list === "vrfs" ? ROW.exec(line)?.[1] : undefined;
      if (HEADER.test(line)) {
        list = "vrfs";
        seen = true;
      } else if (OTHER_LIST.test(line)) list = "other";
      else if (name !== undefined) vrfs.push(name);
      else if (list === "none" || (list === "vrfs" && !MORE.test(line))) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!seen && output.trim() !== "") return trace.failed("no_anchor");
    if (vrfs.length === 0 && seen && !trace.unknownShare()) trace.provenEmpty("header without rows");
    return trace.done({ vrfs }, vrfs.length);
  },
};
