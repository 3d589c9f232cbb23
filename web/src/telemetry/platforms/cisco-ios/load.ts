import type { Cpu, MemoryPool } from "../../knowledge/panel-data.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const CPU = /CPU utilization for five seconds: (\d+)%(?:\/(\d+)%)?; one minute: (\d+)%; five minutes: (\d+)%/;

/** `show processes cpu`, whole or only its first line. */
export const iosCpu: NamedParser = {
  id: "ios.cpu",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.cpu", 1, output);
    const found = CPU.exec(output);
    if (!found) return trace.failed("no_anchor");
    trace.consumed(output.split("\n").filter((line) => line.trim() !== "").length);
    const cpu: Cpu = { busy_pct: Number(found[1]), busy_1m_pct: Number(found[3]), busy_5m_pct: Number(found[4]) };
    if (found[2] !== undefined) cpu.interrupt_pct = Number(found[2]);
    return trace.done({ cpu }, 1);
  },
};

/** Names of the byte columns; the header says which ones are there and in what order. */
const BYTES: Record<string, "total_b" | "used_b" | "free_b"> = {
  "total(b)": "total_b",
  "used(b)": "used_b",
  "free(b)": "free_b",
};

/** `show memory statistics`: pools by the labels of the header. */
export const iosMemory: NamedParser = {
  id: "ios.memory",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.memory", 1, output);
    const pools: MemoryPool[] = [];
    let labels: string[] | undefined;
    for (const line of output.split("\n")) {
      const words = line.trim().split(/\s+/);
      const lower = words.map((word) => word.toLowerCase());
      if (lower.includes("total(b)") && lower.includes("free(b)")) {
        labels = lower;
        trace.consumed();
        continue;
      }
      const pool = labels && poolOf(words, labels);
      if (!pool) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
      pools.push(pool);
    }
    if (!labels) return trace.failed("no_anchor");
    return trace.done({ memory: { pools } }, pools.length);
  },
};

function poolOf(words: string[], labels: string[]): MemoryPool | undefined {
  const values = words.slice(-labels.length);
  const name = words.slice(0, -labels.length).join(" ");
  if (name === "" || values.length < labels.length) return undefined;
  const pool: MemoryPool = { name };
  for (const [index, label] of labels.entries()) {
    const field = BYTES[label];
    if (!field) continue;
    const value = values[index] ?? "";
    if (!/^\d{1,15}$/.test(value)) return undefined;
    pool[field] = Number(value);
  }
  return withUse(pool);
}

/** A pool whose parts do not add up within 5 % was misread or is misprinted: no percentage then. */
function withUse(pool: MemoryPool): MemoryPool {
  const { total_b, used_b, free_b } = pool;
  if (!total_b || used_b === undefined) return pool;
  if (free_b !== undefined && Math.abs(used_b + free_b - total_b) > total_b * 0.05) return pool;
  return { ...pool, used_pct: Math.round((used_b / total_b) * 1000) / 10 };
}

const SLOT = /^(\S+) \((.+?)\)/;
const CPU_ROW = /^\s+Control Processor\s+(\d+(?:\.\d+)?)%/;
const DRAM_ROW = /^\s+DRAM\s+(\d+)\s?(KB|MB|GB)?\s?\((\d+)%\)\s+(\d+)\s?(KB|MB|GB)?/;
const SCALE: Record<string, number> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `show platform resources` of IOS-XE: control processor and DRAM per slot. */
export const iosPlatformResources: NamedParser = {
  id: "ios.platform-resources",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.platform-resources", 1, output);
    const slots: NonNullable<Cpu["slots"]> = [];
    const pools: MemoryPool[] = [];
    let slot: { id: string; role?: string } | undefined;
    let header = false;
    for (const line of output.split("\n")) {
      const head = SLOT.exec(line);
      const cpu = CPU_ROW.exec(line);
      const dram = DRAM_ROW.exec(line);
      if (/Resource\s+Usage\s+Max\s+Warning\s+Critical/.test(line)) header = true;
      else if (header && head) slot = { id: head[1] ?? "", ...(head[2] ? { role: head[2] } : {}) };
      else if (header && slot && cpu) slots.push({ ...slot, busy_pct: Number(cpu[1]) });
      else if (header && slot && dram) {
        const [used, total] = [
          Number(dram[1]) * (SCALE[dram[2] ?? "KB"] ?? 1),
          Number(dram[4]) * (SCALE[dram[5] ?? "KB"] ?? 1),
        ];
        pools.push({ name: `${slot.id} DRAM`, total_b: total, used_b: used, used_pct: Number(dram[3]) });
      } else if (!/^\*\*|^-+$|^\s+\S/.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!header) return trace.failed("no_anchor");
    const data = {
      ...(slots.length > 0 ? { cpu: { slots } } : {}),
      ...(pools.length > 0 ? { memory: { pools } } : {}),
    };
    return trace.done(data, slots.length + pools.length);
  },
};
