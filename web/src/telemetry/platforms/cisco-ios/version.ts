import type { DeviceInfo } from "../../knowledge/panel-data.ts";
import { macAddress } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import { present } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

type Rule = { re: RegExp; put: (info: DeviceInfo, found: RegExpExecArray) => void };

const text = (found: RegExpExecArray, group = 1): string | undefined => present(found[group]?.replace(/[,.]+$/, ""));

const RULES: Rule[] = [
  {
    re: /^(?:Cisco )?IOS[ -]XE (?:[Ss]oftware, )?[Vv]ersion:?\s+(\S+)/,
    put: (info, found) => {
      info.os = "IOS-XE";
      set(info, "os_version", text(found));
    },
  },
  {
    re: /^(?:Cisco IOS Software|IOS \(tm\))(.*?)\(([A-Za-z0-9_.-]+)\),? (?:Experimental )?Version ([^\s,]+)/,
    put: (info, found) => {
      info.vendor = "Cisco";
      const xe = /IOS[ -]?XE|_IOSD|LINUX/i.test(`${found[1]} ${found[2]}`) || /^0?3\.|^1[67]\./.test(found[3] ?? "");
      info.os ??= xe ? "IOS-XE" : "IOS";
      // The train's own version wins over the release name of an IOS-XE bundle.
      info.os_version = text(found, 3) ?? info.os_version ?? "";
      if (info.os_version === "") delete info.os_version;
    },
  },
  {
    re: /^Cisco Internetwork Operating System Software/,
    put: (info) => {
      info.vendor = "Cisco";
    },
  },
  {
    re: /^(\S.*?) uptime is (.+)$/,
    put: (info, found) => {
      if (found[1] === "Uptime for this control processor") return;
      set(info, "hostname", text(found));
      const seconds = durationSeconds(found[2]);
      if (seconds !== undefined) info.uptime_s ??= seconds;
    },
  },
  { re: /^System image file is "(.+?)"/, put: (info, found) => set(info, "image", text(found)) },
  {
    re: /^Last reload reason\s*: (.+)$/,
    put: (info, found) => {
      const reason = present(found[1]);
      if (reason) info.reload_reason = reason;
    },
  },
  {
    re: /^System returned to ROM by (.+?)(?: at \d\d:\d\d:\d\d .*)?$/,
    put: (info, found) => set(info, "reload_reason", text(found)),
  },
  {
    re: /^cisco (\S+)\s+\(.*\).* (?:with|bytes)/i,
    put: (info, found) => {
      info.vendor = "Cisco";
      set(info, "model", text(found));
    },
  },
  { re: /^[Cc]isco (\S+) .*processor.*memory/, put: (info, found) => set(info, "model", text(found)) },
  { re: /^Processor board ID (\S+)/, put: (info, found) => set(info, "serial", text(found)) },
  {
    re: /^Base [Ee]thernet MAC [Aa]ddress\s*:\s*(\S+)/,
    put: (info, found) => set(info, "base_mac", macAddress(found[1])),
  },
];

function set<K extends keyof DeviceInfo>(info: DeviceInfo, key: K, value: DeviceInfo[K] | undefined): void {
  if (value !== undefined && info[key] === undefined) info[key] = value;
}

/** `*    1 52    WS-C3850-48U  03.06.05E  cat3k_caa  INSTALL`; columns by the header above it. */
const MEMBER = /^(\*?)\s+(\d+)\s+\d+\s+(\S+)\s+(\S+)\s+\S+/;

/** `show version` of IOS and IOS-XE: who the box is, since when it runs, and the members of a stack. */
export const iosVersion: NamedParser = {
  id: "ios.version",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.version", 1, output);
    const info: DeviceInfo = {};
    const members: NonNullable<DeviceInfo["members"]> = [];
    let serials: string[] = [];
    let inMembers = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const rule = RULES.find(({ re }) => re.test(line));
      const found = rule?.re.exec(line);
      if (rule && found) {
        rule.put(info, found);
        trace.consumed();
      } else if (/^Switch\s+Ports\s+Model\s+SW Version/.test(line)) {
        inMembers = true;
        trace.consumed();
      } else if (inMembers && /^[-\s*]+$/.test(line)) trace.consumed();
      else {
        const member = inMembers ? MEMBER.exec(line) : null;
        if (member) {
          members.push({
            id: member[2] ?? "",
            ...(member[1] ? { role: "active" } : {}),
            model: member[3] ?? "",
            version: member[4] ?? "",
          });
          trace.consumed();
        } else {
          const serial = /^System [Ss]erial [Nn]umber\s*:\s*(\S+)/.exec(line)?.[1];
          if (serial) serials = [...serials, serial];
          // Licence texts and hardware lists say nothing that a panel shows.
          trace.consumed();
        }
      }
    }
    if (serials[0] && members.length > 0) info.serial = serials[0];
    members.forEach((member, index) => {
      const serial = serials[index];
      if (serial) member.serial = serial;
    });
    if (members.length > 1) info.members = members;
    if (info.os === undefined) return trace.failed("no_anchor");
    if (info.os_version === undefined && info.hostname === undefined) return trace.failed("no_anchor");
    return trace.done({ device_info: info }, 1);
  },
};

const NAME = /^NAME:\s*"(.*)",\s*DESCR:\s*"(.*)"/;
const PID = /^PID:\s*(.*?)\s*,\s*VID:\s*(.*?)\s*,\s*SN:\s*(.*)$/;

/** `show inventory`: model and serial number of the chassis. */
export const iosInventory: NamedParser = {
  id: "ios.inventory",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.inventory", 1, output);
    const parts: { name: string; pid?: string | undefined; serial?: string | undefined }[] = [];
    let name: string | undefined;
    for (const line of output.split("\n")) {
      const named = NAME.exec(line.trim());
      const ids = PID.exec(line.trim());
      if (named) name = named[1]?.trim();
      else if (ids && name !== undefined) {
        parts.push({ name, pid: present(ids[1]), serial: present(ids[3]) });
        name = undefined;
      } else {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    const chassis = parts.find((part) => /chassis|^1$|^switch 1$|stack/i.test(part.name) && part.serial) ?? parts[0];
    if (!chassis) return trace.failed("no_anchor");
    const info: DeviceInfo = {};
    set(info, "model", chassis.pid);
    set(info, "serial", chassis.serial);
    return trace.done({ device_info: info }, parts.length);
  },
};
