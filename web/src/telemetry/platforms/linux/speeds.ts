import type { IfStateRow } from "../../knowledge/panel-data.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** sysfs gives the speed in Mbit/s; 0 and -1 mean that the driver does not know. */
const MBPS = 1e6;
const UNKNOWN_MBPS = 4_294_967_295;
const LINE = /^\/sys\/class\/net\/([^/]+)\/(speed|duplex):(\S+)$/;

/** `grep -sH . /sys/class/net/STAR/speed /sys/class/net/STAR/duplex`: one line per file that could be read. */
export const linuxSpeeds: NamedParser = {
  id: "linux.speeds",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.speeds", 1, output);
    const rows = new Map<string, IfStateRow>();
    for (const line of output.split("\n")) {
      const [, name, file, value = ""] = LINE.exec(line) ?? [];
      if (name === undefined) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
      const row = rows.get(name) ?? { name };
      rows.set(name, row);
      const speed = /^\d{1,10}$/.test(value) ? Number(value) : 0;
      if (file === "speed" && speed > 0 && speed < UNKNOWN_MBPS) row.speed_bps = speed * MBPS;
      if (file === "duplex" && (value === "full" || value === "half")) row.duplex = value;
    }
    const found = [...rows.values()];
    return trace.done({ ifstate: { rows: found, row_count: found.length } }, found.length);
  },
};
