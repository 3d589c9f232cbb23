import type { SnapshotFrom } from "xstate";
import type { linkMachine } from "./link.machine.ts";
import type { SessionContext } from "./session-context.ts";
import type { signInMachine } from "./sign-in.machine.ts";
import type { telemetryMachine } from "./telemetry.machine.ts";
import type { terminalMachine } from "./terminal.machine.ts";
import type { uiStateMachine } from "./ui-state.machine.ts";
import { shownValues } from "./ui-values.ts";
import type {
  DeviceView,
  LinkView,
  SessionViewCommon,
  SignInView,
  TelemetryView,
  TerminalView,
  UiStateView,
} from "./views.ts";

type LinkSnapshot = Pick<SnapshotFrom<typeof linkMachine>, "value" | "context">;
type SignInSnapshot = Pick<SnapshotFrom<typeof signInMachine>, "value" | "context">;
type UiStateSnapshot = Pick<SnapshotFrom<typeof uiStateMachine>, "value" | "context">;
type TerminalSnapshot = Pick<SnapshotFrom<typeof terminalMachine>, "value" | "context">;
type TelemetrySnapshot = Pick<SnapshotFrom<typeof telemetryMachine>, "value" | "context">;

/** Byte figures of ssh1, which live outside the machines [A5]; sampled. */
export type TerminalFigures = Pick<
  TerminalView,
  | "unacked_bytes"
  | "unacked_since"
  | "held_bytes"
  | "undrawn_bytes"
  | "unsaved_bytes"
  | "unechoed"
  | "typed_at"
  | "stale_input"
  | "waiting_input"
  | "refused_input"
>;
export const NO_FIGURES: TerminalFigures = { unacked_bytes: 0, held_bytes: 0, undrawn_bytes: 0 };

/** The link counts as lost for the badge after this long [U7]. */
export const OFFLINE_BADGE_MS = 10_000;

/** An object without the fields that are undefined: views carry absence as absence. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The outermost state's name and, below it, the path of inner names. */
function path(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const [outer, inner] = Object.entries(value)[0] ?? [];
  return outer === undefined ? [] : [outer, ...path(inner)];
}

export function signInView({ value, context }: SignInSnapshot): SignInView {
  const [state] = path(value);
  const { user, label, error } = context;
  const phase = state === "signingOut" ? "paired" : (state as SignInView["phase"]);
  return { ...present({ user, label, error }), phase };
}

/** With two sockets a person sees what becomes of the link: in doubt, or in use. */
const TWO_SOCKETS: Readonly<Record<string, LinkView["phase"]>> = { racing: "probing", joining: "online" };

export function linkView({ value, context }: LinkSnapshot): LinkView {
  const [outer, inner] = path(value);
  const phase = outer === "connection" ? (TWO_SOCKETS[inner ?? ""] ?? inner) : outer === "stopped" ? "offline" : outer;
  const { attempt, resumes, retry_at, rtt_ms, rtt_p50_ms, rtt_p95_ms, last_frame_at } = context;
  const { draining_until, proxy_version, features, error } = context;
  return {
    phase: phase as LinkView["phase"],
    attempt,
    resumes,
    ...present({ rtt_ms, rtt_p50_ms, rtt_p95_ms, last_frame_at, draining_until, proxy_version, features, error }),
    ...(outer === "waiting" ? present({ retry_at }) : {}),
  };
}

export function uiStateView({ value, context }: UiStateSnapshot): UiStateView {
  const [outer, inner] = path(value);
  const shown = shownValues(context.values, context.pending);
  const { conflict, error } = context;
  return {
    sync: outer === "loading" ? "loading" : (inner as UiStateView["sync"]),
    theme: shown.theme.theme,
    theme_rev: shown.theme.rev,
    layouts: shown.layouts,
    panels: shown.panels,
    ...present({ conflict, error }),
  };
}

function common(context: SessionContext): Omit<SessionViewCommon, "phase"> {
  const { since, step, banner, question, ended, holder, grace_until } = context;
  const { server_ident, algorithms, host_key, auth_method } = context;
  return {
    since,
    ...present({
      step,
      banner,
      question,
      ended,
      holder,
      grace_until,
      server_ident,
      algorithms,
      host_key,
      auth_method,
    }),
  };
}

const TERMINAL_PHASES: Readonly<Record<string, TerminalView["phase"]>> = { starting: "idle", closed: "idle" };

export function terminalView({ value, context }: TerminalSnapshot, figures: TerminalFigures): TerminalView {
  const [outer = "idle"] = path(value);
  const { cols, rows, gaps } = context;
  const phase = TERMINAL_PHASES[outer] ?? (outer as TerminalView["phase"]);
  return { ...common(context), phase, cols, rows, gaps, ...figures };
}

const TELEMETRY_PHASES: Readonly<Record<string, TelemetryView["phase"]>> = {
  starting: "idle",
  settling: "idle",
  askingConsent: "idle",
  declined: "idle",
  closed: "idle",
  backingOff: "connecting",
  lost: "ended",
};

export function telemetryView({ value, context }: TelemetrySnapshot): TelemetryView {
  const [outer = "idle", inner, innermost] = path(value);
  const { platform, profile, command, next_due, reason } = context;
  const activity = outer === "askingConsent" ? "asking_consent" : outer === "live" ? (innermost ?? inner) : "off";
  return {
    ...common(context),
    phase: TELEMETRY_PHASES[outer] ?? (outer as TelemetryView["phase"]),
    activity: activity as TelemetryView["activity"],
    profile,
    ...present({ platform, command, next_due, reason: outer === "declined" ? "declined" : reason }),
  };
}

/** The worst state of a device by the table of the terminal design [U7]; alerts join in `ui/status/badge.ts`. */
export function badgeOf(ssh1: TerminalView, ssh2: TelemetryView, now: number): DeviceView["badge"] {
  const errors = [ssh1.ended?.error?.code, ssh2.ended?.error?.code];
  if (errors.includes("host_key_changed")) return "key";
  if (ssh1.question !== undefined || ssh2.question !== undefined || ssh1.stale_input !== undefined) return "asks";
  const unreachable = ssh1.ended?.error?.code === "unreachable" || ssh1.ended?.error?.code === "dial_timeout";
  if (ssh1.phase === "busy" || ssh1.phase === "taken_over") return "asks";
  if (ssh1.phase === "ended" && !unreachable) return "ended";
  if (ssh1.phase === "ended") return "offline";
  if (ssh1.phase === "suspended" && now - ssh1.since > OFFLINE_BADGE_MS) return "offline";
  if (ssh1.held_bytes > 0) return "held";
  if (ssh1.phase === "idle") return "idle";
  if (ssh1.phase === "live" && isStale(ssh2)) return "stale";
  const waits = ["connecting", "resuming", "suspended"];
  return waits.includes(ssh1.phase) || (waits.includes(ssh2.phase) && ssh2.reason === undefined) ? "wait" : "ok";
}

function isStale({ phase, activity, reason }: TelemetryView): boolean {
  if (phase === "ended" || phase === "suspended" || phase === "busy" || phase === "taken_over") return true;
  return activity === "paused" || activity === "throttled" || (phase === "connecting" && reason !== undefined);
}

/** A device as its tab, its panels and its terminal see it. */
export function deviceView(
  id: string,
  record: DeviceView["record"],
  ssh1: TerminalView,
  ssh2: TelemetryView,
  now: number,
): DeviceView {
  return { id, record, ssh1, ssh2, badge: badgeOf(ssh1, ssh2, now) };
}
