import type { IfCountersRow, IfStateRow } from "../../knowledge/panel-data.ts";
import { ipPrefix, macAddress } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import { interfaceName } from "../../model/interface-names.ts";
import { operState } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** The first line of a section; pseudowires have no line protocol. */
const HEAD = /^(\S.*?) is (.+?), line protocol is (.+?)\s*$|^(pseudowire\d+) is (\S+)\s*$/;
const BITS: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Speed as printed: `100Mbps`, `1000Mb/s`, `10Gb/s`, `10G`; words such as `auto` give nothing. */
export function speedBps(text: string | undefined): number | undefined {
  const found = /^(?:a-)?(\d+(?:\.\d+)?)\s?([KMGT]?)(?:b(?:it)?(?:s|ps|\/s|\/sec)?)?$/i.exec(text?.trim() ?? "");
  if (!found) return undefined;
  // A bare number in a Speed column is megabits.
  return Math.round(Number(found[1]) * (BITS[(found[2] || "m").toLowerCase()] ?? 1));
}

/** States of an interface from the words of IOS: `administratively down`, `up`, `down (err-disabled)`. */
export function ifState(
  status: string,
  protocol: string,
): Pick<IfStateRow, "admin" | "admin_raw" | "oper" | "oper_raw" | "reason"> {
  const [, word = "", detail] = /^(.*?)(?:\s+\((.*)\))?$/.exec(protocol) ?? [];
  const out: Pick<IfStateRow, "admin" | "admin_raw" | "oper" | "oper_raw" | "reason"> = {};
  const lower = status.toLowerCase();
  if (/^admin(?:istratively)? down$|^disabled$/.test(lower)) out.admin = "down";
  else if (/^(?:up|down|deleted|reset|standby mode)\b/.test(lower)) out.admin = "up";
  else out.admin_raw = status;
  const oper = operState(
    /^err-?disabled$/i.test(detail ?? "") || /^err-?disabled$/i.test(status) ? "err-disabled" : word,
  );
  if ("value" in oper) out.oper = oper.value;
  else out.oper_raw = oper.raw;
  const reason = detail ?? (/^(?:deleted|reset)\b/.test(lower) ? status : undefined);
  if (reason && out.oper !== "up" && reason !== "disabled") out.reason = reason;
  return out;
}

type Draft = { state: IfStateRow; counters: IfCountersRow };
type Rule = { re: RegExp; put: (draft: Draft, found: RegExpExecArray) => void };

const counter = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : BigInt(text).toString();

function put<R extends object, K extends keyof R>(row: R, key: K, value: R[K] | undefined): void {
  if (value !== undefined) row[key] = value;
}

const RULES: Rule[] = [
  { re: /^\s+Description: (.*\S)/, put: ({ state }, found) => put(state, "desc", found[1]) },
  { re: /^\s+Hardware is .*?address is (\S+)/, put: ({ state }, found) => put(state, "mac", macAddress(found[1])) },
  {
    re: /^\s+(?:Internet|Secondary) address is (\S+)/,
    put: ({ state }, found) => {
      const prefix = ipPrefix(found[1]);
      if (prefix) state.ipv4 = [...(state.ipv4 ?? []), prefix];
    },
  },
  { re: /^\s+MTU (\d+) bytes/, put: ({ state }, found) => put(state, "mtu", Number(found[1])) },
  {
    re: /^\s+(Full|Half|Auto)[- ]duplex(?: \S+)?, ([^,]+)/i,
    put: ({ state }, found) => {
      const word = found[1]?.toLowerCase();
      if (word === "full" || word === "half") state.duplex = word;
      if (/^auto/i.test(found[2] ?? "")) state.autoneg = true;
      put(state, "speed_bps", speedBps(found[2]));
    },
  },
  {
    re: /^\s+Last clearing of "show interface" counters (\S+)/,
    put: ({ counters }, found) => put(counters, "last_cleared_s", durationSeconds(found[1])),
  },
  {
    re: /^\s+Input queue: \d+\/\d+\/(\d+)\/\d+ \(size\/max\/drops\/flushes\)/,
    put: ({ counters }, found) => put(counters, "in_drop", counter(found[1])),
  },
  { re: /Total output drops: (\d+)/, put: ({ counters }, found) => put(counters, "out_drop", counter(found[1])) },
  {
    re: /^\s+Output queue:? .*?, (\d+) drops/,
    put: ({ counters }, found) => put(counters, "out_drop", counter(found[1])),
  },
  {
    re: /^\s+(\d+) (second|minute) (input|output) rate (\d+) bits\/sec/,
    put: ({ counters }, found) => {
      put(counters, found[3] === "input" ? "dev_in_bps" : "dev_out_bps", Number(found[4]));
      counters.load_interval_s = Number(found[1]) * (found[2] === "minute" ? 60 : 1);
    },
  },
  {
    re: /^\s+(\d+) packets input, (\d+) bytes/,
    put: ({ counters }, found) => {
      put(counters, "in_pkts", counter(found[1]));
      put(counters, "in_octets", counter(found[2]));
    },
  },
  {
    re: /^\s+(\d+) packets output, (\d+) bytes/,
    put: ({ counters }, found) => {
      put(counters, "out_pkts", counter(found[1]));
      put(counters, "out_octets", counter(found[2]));
    },
  },
  { re: /^\s+Received (\d+) broadcasts/, put: ({ counters }, found) => put(counters, "in_bcast", counter(found[1])) },
  { re: /(?:^|\s)(\d+) runts\b/, put: ({ counters }, found) => put(counters, "runts", counter(found[1])) },
  { re: /(?:^|\s)(\d+) giants\b/, put: ({ counters }, found) => put(counters, "giants", counter(found[1])) },
  { re: /^\s+(\d+) input errors\b/, put: ({ counters }, found) => put(counters, "in_err", counter(found[1])) },
  { re: /(?:^|\s)(\d+) CRC\b/, put: ({ counters }, found) => put(counters, "crc", counter(found[1])) },
  { re: /(?:^|\s)(\d+) multicast,/, put: ({ counters }, found) => put(counters, "in_mcast", counter(found[1])) },
  { re: /(?:^|\s)(\d+) pause input/, put: ({ counters }, found) => put(counters, "pause_in", counter(found[1])) },
  { re: /(?:^|\s)(\d+) pause output/, put: ({ counters }, found) => put(counters, "pause_out", counter(found[1])) },
  { re: /^\s+(\d+) output errors\b/, put: ({ counters }, found) => put(counters, "out_err", counter(found[1])) },
  { re: /^\s+(\d+) lost carrier\b/, put: ({ counters }, found) => put(counters, "carrier", counter(found[1])) },
];

/** `show interfaces`: one section per interface; values go by their label, never by their place. */
export const iosInterfaces: NamedParser = {
  id: "ios.interfaces",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.interfaces", 1, output);
    const drafts: Draft[] = [];
    let draft: Draft | undefined;
    for (const line of output.split("\n")) {
      const head = HEAD.exec(line);
      if (head) {
        const { name, short, class: cls, parent } = interfaceName(head[1] ?? head[4] ?? "", prefixes);
        draft = {
          state: {
            name,
            short,
            class: cls,
            ...(parent ? { parent } : {}),
            ...ifState(head[2] ?? head[5] ?? "", head[3] ?? head[5] ?? ""),
          },
          counters: { name, short, class: cls },
        };
        drafts.push(draft);
        trace.consumed();
        continue;
      }
      if (!draft || !/^\s/.test(line)) {
        trace.unparsed(line);
        continue;
      }
      for (const rule of RULES) {
        const found = rule.re.exec(line);
        if (found) rule.put(draft, found);
      }
      trace.consumed();
    }
    if (drafts.length === 0) return trace.failed("no_anchor");
    const counted = drafts.filter(({ counters }) => Object.keys(counters).length > 3);
    return trace.done(
      {
        ifstate: { rows: drafts.map(({ state }) => state), row_count: drafts.length },
        ifcounters: { rows: counted.map(({ counters }) => counters), row_count: counted.length },
      },
      drafts.length,
    );
  },
};
