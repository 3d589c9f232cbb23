import type { LagMember, LagRow, PoeRow } from "../../knowledge/panel-data.ts";
import { interfaceName, type PrefixEntry } from "../../model/interface-names.ts";
import { present } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** Member flags of the legend; a letter that is not here is kept as printed. */
const MEMBER: Record<string, [state: string, reason?: string]> = {
  P: ["bundled"],
  D: ["down"],
  I: ["standalone", "no partner"],
  s: ["suspended"],
  H: ["standby"],
  w: ["waiting"],
  u: ["unsuitable", "not suitable for bundling"],
  d: ["default"],
  M: ["down", "too few links in use"],
};
const GROUP = /^(\d+) +([A-Za-z][\w-]*\d+)\(([A-Za-z]+)\) +(\S+)(?: +(.*))?$/;
const MORE = /^ {10,}(\S+\([A-Za-z]+\).*)$/;
const PORT = /(\S+?)\(([A-Za-z]+)\)/g;
const COUNT = /^Number of channel-groups in use: (\d+)/;

function membersOf(text: string, prefixes: readonly PrefixEntry[]): LagMember[] {
  return [...text.matchAll(PORT)].map(([, name = "", flags = ""]) => {
    const member: LagMember = { if: interfaceName(name, prefixes).name };
    const known = flags.split("").flatMap((letter) => (Object.hasOwn(MEMBER, letter) ? [MEMBER[letter]] : []))[0];
    if (known) member.state = known[0];
    else member.state_raw = flags;
    if (known?.[1]) member.reason = known[1];
    return member;
  });
}

function bundleOf(found: RegExpExecArray, prefixes: readonly PrefixEntry[]): LagRow {
  const [, , name = "", flags = "", proto = "", ports = ""] = found;
  const row: LagRow = { lag: interfaceName(name, prefixes).name, members: membersOf(ports, prefixes) };
  row.proto = proto === "-" || /^none$/i.test(proto) ? "static" : proto.toLowerCase();
  if (flags.includes("U")) row.state = "up";
  else if (flags.includes("D") || flags.includes("M")) row.state = "down";
  else row.state_raw = flags;
  if (flags.includes("R")) row.mode = "routed";
  else if (flags.includes("S")) row.mode = "switched";
  return row;
}

/** `show etherchannel summary`. */
export const iosEtherchannel: NamedParser = {
  id: "ios.etherchannel",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.etherchannel", 1, output);
    const rows: LagRow[] = [];
    let header = false;
    let count: number | undefined;
    let open: LagRow | undefined;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const group = header ? GROUP.exec(line) : null;
      const more = open && !group ? MORE.exec(line)?.[1] : undefined;
      const total = COUNT.exec(line)?.[1];
      if (/^Group +Port-channel +Protocol +Ports/.test(line)) header = true;
      else if (total !== undefined) count = Number(total);
      else if (group) {
        open = bundleOf(group, prefixes);
        rows.push(open);
      } else if (more !== undefined && open) open.members?.push(...membersOf(more, prefixes));
      else if (!/^Flags:| {4,}\S+ - |^Number of aggregators:|^[-+]+$/.test(line)) {
        open = undefined;
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!header && count === undefined) return trace.failed("no_anchor");
    if (count === undefined) trace.note("no_total");
    else if (count !== rows.length) trace.note("total_differs");
    if (count === 0 && rows.length === 0) trace.provenEmpty("total 0");
    return trace.done({ lag: { rows, row_count: rows.length } }, rows.length);
  },
};

const PORT_LINE =
  /^([A-Za-z]+\d[\d/.]*) +(auto|off|static|never|consumption) +(\S+) +(\d+\.\d+)(?: +(\d+\.\d+))?(?: +(.*))?$/;
const MODULE = /^(\d+) +(\d+\.\d+) +(\d+\.\d+) +(-?\d+\.\d+)$/;
const AVAILABLE = /^Available:(\d+(?:\.\d+)?)\(w\) +Used:(\d+(?:\.\d+)?)\(w\)/;

/** `Ieee PD  4`, `AIR-AP1562I-E-K9  4  30.0`: device, class and maximum, from the right; the device may have blanks. */
function poeRest(row: PoeRow, text: string, hasMax: boolean): void {
  const words = text.trim().split(/\s+/);
  const max = hasMax ? words.pop() : undefined;
  const cls = words.pop();
  const device = present(words.join(" "));
  if (max !== undefined && /^\d+\.\d+$/.test(max)) row.max_w = Number(max);
  const known = present(cls);
  if (known) row.class = known;
  if (device) row.device = device;
}

/** `show power inline [IF]`: the columns that the header names, and the budget of the supplies above it. */
export const iosPoe: NamedParser = {
  id: "ios.poe",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.poe", 1, output);
    const rows: PoeRow[] = [];
    let header: string | undefined;
    let module = false;
    let budget: [total: number, used: number] | undefined;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const available = AVAILABLE.exec(line);
      const supply = module ? MODULE.exec(line) : null;
      const port = header === undefined ? null : PORT_LINE.exec(line);
      if (/^Module +Available +Used +Remaining/.test(line)) module = true;
      else if (/^Interface +Admin +Oper +Power/.test(line)) {
        header = line;
        module = false;
      } else if (available) budget = [Number(available[1]), Number(available[2])];
      else if (supply) budget = [(budget?.[0] ?? 0) + Number(supply[2]), (budget?.[1] ?? 0) + Number(supply[3])];
      else if (port) {
        const [, name = "", admin = "", oper = "", first, second, rest] = port;
        const row: PoeRow = { if: interfaceName(name, prefixes).name, admin, oper };
        // Two columns of power: what the supply gives and what arrives at the device.
        const twice = /Power\(Watts\)/.test(header ?? "");
        const watts = twice ? second : first;
        if (watts !== undefined) row.w = Number(watts);
        if (/^(?:faulty|power-deny|bad|overdraw)/.test(oper)) row.fault = oper;
        const hasMax = (header ?? "").trimEnd().endsWith(" Max");
        const tail = twice ? rest : [second, rest].filter(Boolean).join(" ");
        if (tail) poeRest(row, tail, hasMax);
        rows.push(row);
      } else if (/^Interface +AdminPowerMax/.test(line)) header = undefined;
      else if (!/^[-\s]+$|^\s+\(Watts\)|^\s+From PS|^Totals:/.test(line)) {
        if (header === undefined && rows.length > 0 && /^[A-Za-z]+\d\S* +\d/.test(line)) trace.consumed();
        else trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (rows.length === 0 && header === undefined) return trace.failed("no_anchor");
    const poe = {
      rows,
      row_count: rows.length,
      ...(budget ? { budget_w: round(budget[0]), used_w: round(budget[1]) } : {}),
    };
    return trace.done({ poe }, rows.length);
  },
};

/** Sums of printed tenths stay tenths. */
const round = (watts: number): number => Math.round(watts * 10) / 10;
