import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const HEADER = /^\s*Tty\s+(?:Line\s+)?Typ\s/;
/** A star, the terminal's number, in newer versions the line's as well, its kind, and the cells up to the overruns. */
const ROW = /^([*AI ]?)\s*(\d+)\s+(?:\d+\s+)?([A-Z]{2,4})(?:\s+[-\w/]+){4,9}\s+\d+\/\d+\s+\S+$/;
/** Below the table: lines without hardware. */
const REST = /^(?:Line\(s\) not in async mode|\d+(?:-\d+)?(?:, ?\d+(?:-\d+)?)*,?$)/;

/** `show line`: how many lines there are for logins over the network, and how many of them nobody uses [T59]. */
export const iosLines: NamedParser = {
  id: "ios.lines",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.lines", 1, output);
    let header = false;
    const used = new Map<string, boolean>();
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const row = header ? ROW.exec(line) : null;
      if (HEADER.test(line)) header = true;
      else if (row?.[3] === "VTY") used.set(row[2] ?? "", row[1] === "*");
      else if (!row && !REST.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!header) return trace.failed("no_anchor");
    // A line that was not understood may be one more: then no figure can be trusted [T5].
    const numbers = [...used.keys()].map(Number);
    const gaps = numbers.length > 0 && Math.max(...numbers) - Math.min(...numbers) + 1 !== numbers.length;
    if (trace.unknownShare() > 0 || gaps) return trace.failed("malformed", "line_not_understood");
    const free = [...used.values()].filter((isUsed) => !isUsed).length;
    return trace.done({ users: { lines_total: used.size, lines_free: free } }, used.size);
  },
};
