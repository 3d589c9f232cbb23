import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand, ExportedFile, Side } from "#protocol/local-telemetry.ts";
import { compareSnapshots } from "#telemetry/compare/compare.ts";
import { comparisonJson, comparisonMarkdown, type ReportCapture } from "#telemetry/compare/report.ts";
import { entryOf, type Snapshot, takeSnapshot } from "#telemetry/compare/snapshot.ts";
import { fileName } from "#telemetry/export/table-file.ts";
import { PANEL_IDS, type PanelId } from "#telemetry/knowledge/panels.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import { random128 } from "../host-env.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { labelOf, wholeTable } from "./device-facts.ts";

const NAME_MAX = 80;
/** Snapshots kept per device; a person removes one to make room. */
const SNAPSHOTS_MAX = 50;
/** What is older than its interval is read once more before a snapshot; not waited for longer than this, milliseconds. */
const FRESH_WAIT_MS = 20_000;

const refused = (reason: string, detail?: string): Result => ({
  ok: false,
  error: { code: "invalid", reason, retry: "no", ...(detail === undefined ? {} : { detail }) },
});

/** What has an answer that may be too old; a box that refuses a command refuses it again. */
const REFRESHED: ReadonlySet<PanelReading["status"]> = new Set(["ok", "partial", "stale"]);

/** `panels`: when each was read before. */
type Waiting = { device: string; panels: Map<PanelId, number>; done: () => void };

/** Named states of devices, and what differs between two of them [T87]. */
export class SnapshotsDesk implements Desk {
  readonly actions = [
    "snapshot_store",
    "snapshot_list",
    "snapshot_rename",
    "snapshot_remove",
    "compare",
    "compare_export",
  ] as const;
  readonly #context: DeskContext;
  #waiting: Waiting[] = [];

  constructor(context: DeskContext) {
    this.#context = context;
  }

  take({ device, payload }: TelemetryUpdate): void {
    if (payload.status === "pending") return;
    for (const wait of this.#waiting) {
      const before = wait.device === device ? wait.panels.get(payload.panel) : undefined;
      // The same data told once more, a little older, is not what was asked for.
      if (before === undefined || (payload.status === "ok" && payload.ts <= before)) continue;
      wait.panels.delete(payload.panel);
      if (wait.panels.size === 0) wait.done();
    }
  }

  async serve(command: DeskCommand): Promise<Result> {
    const { device } = command;
    const { records } = this.#context;
    switch (command.action) {
      case "snapshot_store":
        return this.#store(device, command.payload.name);
      case "snapshot_list": {
        const all = await this.#all(device);
        return { ok: true, value: all.map(entryOf).toSorted((a, b) => b.at - a.at) };
      }
      case "snapshot_rename": {
        const { id, name } = command.payload;
        const found = await records.get<Snapshot>("snapshots", device, [id]);
        if (found === undefined) return refused("snapshot_unknown");
        if (!isName(name)) return refused("snapshot_name");
        await records.put("snapshots", device, [id], { ...found, name: name.trim() });
        return { ok: true };
      }
      case "snapshot_remove":
        await records.remove("snapshots", device, [command.payload.id]);
        return { ok: true };
      case "compare":
      case "compare_export":
        return this.#compare(device, command);
      default:
        return refused("range");
    }
  }

  async #all(device: string): Promise<Snapshot[]> {
    return (await this.#context.records.range<Snapshot>("snapshots", device)).map(({ value }) => value);
  }

  #readings(device: string): PanelReading[] {
    return PANEL_IDS.flatMap((panel) => this.#context.reading(device, panel) ?? []);
  }

  #now(device: string, name: string): Snapshot {
    const { env } = this.#context;
    const at = env.now();
    return takeSnapshot({
      id: random128(env.crypto),
      name,
      at,
      label: labelOf(this.#context, device),
      readings: this.#readings(device),
      rows: (panel, path) => wholeTable(this.#context, device, panel, path, at),
    });
  }

  async #store(device: string, given: string): Promise<Result> {
    if (!isName(given)) return refused("snapshot_name");
    if ((await this.#all(device)).length >= SNAPSHOTS_MAX)
      return refused("range", `At most ${SNAPSHOTS_MAX} snapshots are kept of a device: remove one first.`);
    await this.#refresh(device);
    const snapshot = this.#now(device, given.trim());
    if (Object.values(snapshot.panels).every(({ data }) => data === undefined)) return refused("nothing_known");
    await this.#context.records.put("snapshots", device, [snapshot.id], snapshot);
    return { ok: true, value: entryOf(snapshot) };
  }

  /** Reads once more what is older than its interval; what does not come in time is taken as it is, with its age. */
  async #refresh(device: string): Promise<void> {
    const { env, collectors } = this.#context;
    const now = env.now();
    const panels = new Map<PanelId, number>();
    for (const { panel, ts, interval_ms, status } of this.#readings(device)) {
      const due = REFRESHED.has(status) && interval_ms !== undefined && now - ts > interval_ms;
      if (due && collectors.feed(device, { type: "refresh", panel, at: now })) panels.set(panel, ts);
    }
    if (panels.size === 0) return;
    await new Promise<void>((resolve) => {
      const wait: Waiting = { device, panels, done: () => finish() };
      const timer = env.setTimeout(() => finish(), FRESH_WAIT_MS);
      const finish = (): void => {
        env.clearTimeout(timer);
        this.#waiting = this.#waiting.filter((one) => one !== wait);
        resolve();
      };
      this.#waiting.push(wait);
    });
  }

  async #side(device: string, side: Side): Promise<Snapshot | undefined> {
    if (side === "now") {
      await this.#refresh(device);
      return this.#now(device, "Now");
    }
    return this.#context.records.get<Snapshot>("snapshots", device, [side.snapshot]);
  }

  /** What both states were made of, each answer once; a collector keeps the newest, so that of an old state none may be left. */
  #captures(device: string, states: readonly Snapshot[]): ReportCapture[] {
    const collector = this.#context.collectors.of(device);
    const found = new Map<string, ReportCapture>();
    for (const { panels } of states) {
      for (const { capture, command, ts } of Object.values(panels).flatMap(({ sources }) => sources)) {
        const kept = collector?.capture(capture);
        const whole = kept !== undefined && !kept.notes.includes("raw_dropped");
        const text = whole ? [kept.text, kept.stderr].filter((part) => part !== "").join("\n") : undefined;
        found.set(capture, { capture, command, at: ts, ...(text !== undefined && { text }) });
      }
    }
    return [...found.values()];
  }

  async #compare(
    device: string,
    command: Extract<DeskCommand, { action: "compare" | "compare_export" }>,
  ): Promise<Result> {
    const { payload } = command;
    const [before, after] = [await this.#side(device, payload.before), await this.#side(device, payload.after)];
    if (before === undefined || after === undefined) return refused("snapshot_unknown");
    const comparison = compareSnapshots(before, after);
    if (command.action === "compare") return { ok: true, value: comparison };
    const { format, mask } = command.payload;
    const captures = command.payload.captures ? this.#captures(device, [before, after]) : undefined;
    const offsetMin = -new Date(after.at).getTimezoneOffset();
    const name = fileName([mask ? "device" : labelOf(this.#context, device), "compare"], after.at, format);
    const file: ExportedFile =
      format === "md"
        ? { name, mime: "text/markdown", text: comparisonMarkdown(comparison, { before, after }, { offsetMin, mask }) }
        : {
            name,
            mime: "application/json",
            text: comparisonJson(comparison, { before, after }, { offsetMin, mask }, captures),
          };
    return { ok: true, value: file };
  }
}

function isName(name: string): boolean {
  const trimmed = name.trim();
  return trimmed !== "" && trimmed.length <= NAME_MAX;
}
