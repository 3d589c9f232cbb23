import type { LinkView, SessionPhase } from "#bridge/types.ts";

const WORDS: Record<SessionPhase | LinkView["phase"], string> = {
  idle: "not started",
  connecting: "connecting",
  live: "live",
  suspended: "waiting for the link",
  resuming: "resuming",
  busy: "in use elsewhere",
  taken_over: "taken over elsewhere",
  ended: "ended",
  offline: "offline",
  dialling: "dialling",
  greeting: "signing in",
  online: "online",
  probing: "checking whether it still works",
  waiting: "waiting to try again",
  refused: "refused by the proxy",
};

/** A phase of a session or of the link as a person reads it. */
export const phaseWords = (phase: SessionPhase | LinkView["phase"]): string => WORDS[phase];
