import type { Cpu, DeviceInfo, Memory, MemoryPool, UserRow } from "../../knowledge/panel-data.ts";
import { present } from "../../model/vocabulary.ts";
import { type CpuTicks, type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const UNAME = /^(Linux) (\S+) (\S+)$/;
const UPTIME = /^(\d+\.\d+) \d+\.\d+$/;
const RELEASE = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/;

/** `uname -srm; hostname; cat /etc/os-release /proc/uptime`. */
export const linuxIdentity: NamedParser = {
  id: "linux.identity",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.identity", 1, output);
    const info: DeviceInfo = {};
    const release = new Map<string, string>();
    let hostNext = false;
    for (const line of output.split("\n").map((raw) => raw.trim())) {
      const uname = UNAME.exec(line);
      const uptime = UPTIME.exec(line);
      const pair = RELEASE.exec(line);
      if (uname) {
        info.kernel = `${uname[1]} ${uname[2]}`;
        hostNext = true;
      } else if (uptime) info.uptime_s = Math.floor(Number(uptime[1]));
      else if (pair) release.set(pair[1] ?? "", pair[2] ?? pair[3] ?? pair[4] ?? "");
      else if (hostNext && /^[\w.-]{1,253}$/.test(line)) {
        info.hostname = line;
        hostNext = false;
      } else {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (info.kernel === undefined) return trace.failed("no_anchor");
    const name = present(release.get("PRETTY_NAME")) ?? present(release.get("NAME"));
    info.os = name ?? "Linux";
    const version = present(release.get("VERSION_ID")) ?? present(release.get("VERSION"));
    if (version) info.os_version = version;
    return trace.done({ device_info: info }, 1);
  },
};

/** `cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name`: two lines, or nothing on boards without DMI. */
export const linuxDmi: NamedParser = {
  id: "linux.dmi",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.dmi", 1, output);
    const lines = output
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    if (lines.length !== 2) return trace.failed("no_anchor");
    trace.consumed(2);
    const info: DeviceInfo = {};
    const [vendor, model] = lines.map((line) =>
      /^(?:To be filled|Default string|System (?:manufacturer|Product))/i.test(line) ? undefined : present(line),
    );
    if (vendor) info.vendor = vendor;
    if (model) info.model = model;
    return trace.done({ device_info: info }, Object.keys(info).length || 1);
  },
};

const TICK_NAMES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"] as const;

function ticksOf(id: string, words: string[]): CpuTicks | undefined {
  if (words.length < 4 || !words.every((word) => /^\d{1,20}$/.test(word))) return undefined;
  const ticks: CpuTicks = { id };
  TICK_NAMES.forEach((name, index) => {
    const word = words[index];
    if (word !== undefined) ticks[name] = BigInt(word);
  });
  return ticks;
}

/** `cat /proc/stat /proc/loadavg`: ticks since boot; the percentages come from two samples [T20]. */
export const linuxCpu: NamedParser = {
  id: "linux.cpu",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.cpu", 1, output);
    const ticks: CpuTicks[] = [];
    const cpu: Cpu = {};
    for (const line of output.split("\n").map((raw) => raw.trim())) {
      const words = line.split(/\s+/);
      const core = /^cpu(\d*)$/.exec(words[0] ?? "");
      const load = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) \d+\/\d+ \d+$/.exec(line);
      const row = core && ticksOf(core[1] === "" ? "all" : (core[1] ?? ""), words.slice(1));
      if (row) ticks.push(row);
      else if (load) [cpu.load1, cpu.load5, cpu.load15] = [Number(load[1]), Number(load[2]), Number(load[3])];
      else if (!/^(?:intr|ctxt|btime|processes|procs_running|procs_blocked|softirq|page|swap) /.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!ticks.some(({ id }) => id === "all")) return trace.failed("no_anchor");
    return trace.done({ cpu, cpu_ticks: ticks }, ticks.length);
  },
};

/** `cat /proc/meminfo`; "used" is what is not available to new programs. */
export const linuxMemory: NamedParser = {
  id: "linux.memory",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.memory", 1, output);
    const values = new Map<string, number>();
    for (const line of output.split("\n")) {
      const found = /^([A-Za-z0-9_()]+):\s+(\d{1,15})(?: (kB))?\s*$/.exec(line);
      if (!found) {
        trace.unparsed(line);
        continue;
      }
      values.set(found[1] ?? "", Number(found[2]) * (found[3] ? 1024 : 1));
      trace.consumed();
    }
    const total = values.get("MemTotal");
    if (total === undefined) return trace.failed("no_anchor");
    const pool: MemoryPool = { name: "RAM", total_b: total };
    const [free, available, cached] = [values.get("MemFree"), values.get("MemAvailable"), values.get("Cached")];
    if (free !== undefined) pool.free_b = free;
    if (available !== undefined) {
      pool.available_b = available;
      pool.used_b = total - available;
      pool.used_pct = Math.round(((total - available) / total) * 1000) / 10;
    }
    if (cached !== undefined) pool.cached_b = cached;
    const memory: Memory = { pools: [pool] };
    const [swap, swapFree] = [values.get("SwapTotal"), values.get("SwapFree")];
    if (swap !== undefined) memory.swap_total_b = swap;
    if (swap !== undefined && swapFree !== undefined) memory.swap_used_b = swap - swapFree;
    return trace.done({ memory }, 1);
  },
};

/** `who`; an exec session of telemetry does not appear, and nobody at all prints nothing. */
export const linuxUsers: NamedParser = {
  id: "linux.users",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.users", 1, output);
    const lines: UserRow[] = [];
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const found = /^(\S+)\s+(\S+)\s+(\d{4}-\d\d-\d\d \d\d:\d\d|[A-Z][a-z]{2} +\d+ \d\d:\d\d)(?:\s+\((.+)\))?$/.exec(
        line,
      );
      if (!found) {
        trace.unparsed(line);
        continue;
      }
      const row: UserRow = { line: found[2] ?? "", user: found[1] ?? "" };
      if (found[4]) row.from = found[4];
      lines.push(row);
      trace.consumed();
    }
    if (lines.length === 0 && output.trim() === "") trace.provenEmpty("no output");
    return trace.done({ users: { lines } }, lines.length);
  },
};
