import type { PanelId } from "../knowledge/panel-data.ts";
import type { Announcement, CollectorPhase } from "./events.ts";
import { judge } from "./reading.ts";
import { nextStale, panelCommands, type ReadingSources, readingOf, updateOf } from "./updates.ts";

/** Panels about telemetry itself never age. */
const OWN = new Set<PanelId>(["collector", "audit"]);

/** Tells the driver what changed: phase, readings and the next wake-up, each only when it is news. */
export class Announcer {
  /** Panels that are shown. */
  panels = new Set<PanelId>();
  private readonly device: string;
  private readonly dirty = new Set<PanelId>();
  private readonly staleTold = new Map<PanelId, boolean>();
  private phase: CollectorPhase | undefined;
  private seq = 0;
  private wakeAt = Number.POSITIVE_INFINITY;
  private othersDue = Number.POSITIVE_INFINITY;

  constructor(device: string) {
    this.device = device;
  }

  /** A panel has something new to say. */
  touch(panel: PanelId): void {
    this.dirty.add(panel);
  }

  touchAll(): void {
    for (const panel of this.panels) this.dirty.add(panel);
  }

  /** Shows exactly these panels; new ones get their reading at once. */
  show(panels: readonly PanelId[]): void {
    for (const panel of panels) if (!this.panels.has(panel)) this.dirty.add(panel);
    this.panels = new Set(panels);
  }

  /** The driver's timer is spent, also when it fired a little early: what is due next is said again. */
  timerSpent(): void {
    this.wakeAt = Number.POSITIVE_INFINITY;
  }

  /**
   * Phase, changed readings and the next wake-up, in this order.
   * @param session when the session wants to be looked at
   * @param plan when the plan has something to do
   */
  announce(
    now: { phase: CollectorPhase; reason?: string },
    sources: ReadingSources,
    session: number | undefined,
    plan: number | undefined,
  ): Announcement[] {
    const out: Announcement[] = [];
    if (now.phase !== this.phase) out.push({ type: "phase", ...now });
    this.phase = now.phase;
    this.noteStale(sources);
    for (const panel of this.panels) {
      if (!this.dirty.has(panel)) continue;
      this.seq++;
      out.push({ type: "reading", update: updateOf(this.device, this.seq, readingOf(sources, panel)) });
    }
    this.dirty.clear();
    const others = [plan, nextStale(sources, this.panels)].filter((time) => time !== undefined);
    this.othersDue = Math.min(...others, Number.POSITIVE_INFINITY);
    return [...out, ...this.wakeFor(session, sources.device.now)];
  }

  /** Bytes that only filled a line: nothing can have changed but the time at which the session is looked at again. */
  wakeFor(session: number | undefined, at: number): Announcement[] {
    const due = Math.min(session ?? Number.POSITIVE_INFINITY, this.othersDue);
    const wake = Math.max(at + 1, due);
    if (wake === this.wakeAt) return [];
    this.wakeAt = wake;
    return [{ type: "wake_at", at: wake }];
  }

  /** A panel that turned stale by age is told once. */
  private noteStale(sources: ReadingSources): void {
    for (const panel of this.panels) {
      if (OWN.has(panel)) continue;
      const stale = judge(panelCommands(sources, panel), [], sources.device).status === "stale";
      if (stale !== (this.staleTold.get(panel) ?? false)) this.dirty.add(panel);
      this.staleTold.set(panel, stale);
    }
  }
}
