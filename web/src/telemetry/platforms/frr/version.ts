import type { DeviceInfo } from "../../knowledge/panel-data.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const HEAD = /^FRRouting (\S+)(?: \(([^)]+)\))?(?: on (\S+?)\(([^)]+)\))?/m;

/** `show version` of vtysh, and the banner of the same words. */
export const frrVersion: NamedParser = {
  id: "frr.version",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("frr.version", 1, output);
    const found = HEAD.exec(output);
    if (!found) return trace.failed("no_anchor");
    trace.consumed(output.split("\n").filter((line) => line.trim() !== "").length);
    const info: DeviceInfo = { vendor: "FRRouting", os: "FRRouting", os_version: found[1] ?? "" };
    if (found[2]) info.hostname = found[2];
    if (found[4]) info.kernel = `${found[3]} ${found[4]}`;
    return trace.done({ device_info: info }, 1);
  },
};
