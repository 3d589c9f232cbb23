import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** `command -v` of several programs: one path for each that is there. Which ones is the pack's `capabilities` to say. */
export const linuxTools: NamedParser = {
  id: "linux.tools",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.tools", 1, output);
    let rows = 0;
    for (const line of output.split("\n")) {
      if (!/^\/[\w./+-]{1,200}$/.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
      rows++;
    }
    return trace.done({}, rows);
  },
};
