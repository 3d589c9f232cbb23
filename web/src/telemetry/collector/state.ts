import { newPlanState, type PlanState } from "../plan/plan-state.ts";
import type { Capture } from "../transcript/capture.ts";
import { Announcer } from "./announcer.ts";
import { CommandSet } from "./command-set.ts";
import type { CollectorInput } from "./events.ts";
import { Identity } from "./identity.ts";
import { Intake } from "./intake.ts";
import { LogIncrements } from "./log-increments.ts";
import { OnDemand } from "./on-demand.ts";
import { Outbox } from "./outbox.ts";
import { Session } from "./session.ts";
import { knownVrfs, type ReadingSources, seenNames } from "./updates.ts";

/** Why a collector ended, as far as it ends by itself. */
export type EndReason = "needs_user" | "prompt" | "no_transport";

/** What the parts of one collector share. Every field has one part that writes it, named at the field. */
export class CollectorState {
  readonly session: Session;
  readonly commands = new CommandSet();
  readonly intake = new Intake(this.commands);
  readonly announcer: Announcer;
  readonly plan: PlanState;
  readonly asks: OnDemand;
  readonly identity: Identity;
  readonly out = new Outbox();
  readonly increments = new LogIncrements();
  /** Pinned ports, newest wish (core). */
  pins: string[] = [];
  /** How far the time of day is ahead of the times of events, milliseconds (core) [T15]. */
  ahead = 0;
  /** The way to the device is away (core). */
  suspended = true;
  /** The channel is gone and no later one has come yet; what a person asks then is not kept for it (core). */
  closed = false;
  /** (core) */
  endedWhy: EndReason | undefined;
  /** The share of time is used up, and something waits for it (core). */
  capped = false;
  /** Why telemetry paused by itself, until a person lets it go on (core, reactor). */
  pausedWhy: string | undefined;
  /** Free lines of the box were asked about on this connection, or will not be (runner) [T59]. */
  linesChecked = true;
  /** A person saw how few lines are free, on this connection (core). */
  linesAccepted = false;
  /** Bytes received in all (core). */
  bytesTotal = 0;
  /** The answer that said what the box has, behind what is missing (reactor). */
  capabilities: Capture | undefined;

  constructor(input: CollectorInput) {
    this.announcer = new Announcer(input.device);
    this.session = new Session(input);
    this.plan = newPlanState(input.profile, input.now);
    this.asks = new OnDemand(this.plan, this.commands);
    this.identity = new Identity(input);
    if (this.session.pack) this.commands.use(this.session.pack, this.identity.versions, this.identity.variants);
  }

  /** Everything that readings are made of. */
  sources(at: number): ReadingSources {
    const device = {
      now: at,
      ...(this.ahead === 0 ? {} : { ahead: this.ahead }),
      paused: this.plan.paused,
      throttled: this.plan.throttled,
      suspended: this.suspended,
      capped: this.capped,
      ...(this.pausedWhy === undefined || !this.plan.paused ? {} : { asks: this.pausedWhy }),
      ...(this.endedWhy === undefined ? {} : { ended: this.endedWhy }),
    };
    return {
      pack: this.session.pack,
      commands: this.commands,
      asks: this.asks,
      results: this.intake.results,
      plan: this.plan,
      audit: this.out.audit,
      events: this.intake.events,
      guard: this.intake.guard,
      bytesTotal: this.bytesTotal,
      transport: this.session.channel?.transport,
      device,
    };
  }

  /** Hands every command there is to the plan. */
  planAll(): void {
    this.plan.commands = [...[...this.commands.active.values()].map(({ planned }) => planned), ...this.asks.planned()];
  }

  /** Brings the planned commands in line with panels, pins and pack. */
  sync(at: number): void {
    const { pack } = this.session;
    if (!pack) return;
    this.plan.bucket.rate_per_s = pack.session.rate_per_s;
    const sources = this.sources(at);
    const names = { pins: this.pins, vrfs: knownVrfs(sources) };
    this.commands.sync(pack, this.announcer.panels, names, seenNames(sources), at);
    this.planAll();
    if (!this.capabilities) return;
    for (const { active, missing } of this.commands.lacking()) {
      const hint = pack.capabilities?.missing[missing];
      this.intake.results.keepFailed(active.planned.key, this.capabilities, "gated", undefined, hint);
    }
  }
}
