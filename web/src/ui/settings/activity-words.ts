import type { ActivityEntry } from "#bridge/types.ts";
import type { IconName } from "../primitives/icon.tsx";

/** What each audited event says to a person. */
const WORDS: Readonly<Record<string, string>> = {
  "pair.created": "Pairing code made",
  "pair.used": "Device paired",
  "pair.refused": "Pairing refused",
  "client.revoked": "Device revoked",
  "client.renamed": "Device renamed",
  "user.disabled": "User disabled",
  "user.enabled": "User enabled",
  "link.accepted": "Connected to the proxy",
  "link.refused": "Connection refused",
  "link.closed": "Disconnected from the proxy",
  "session.opened": "Session opened",
  "session.refused": "Session not opened",
  "session.ended": "Session ended",
  "session.attached": "Session shown",
  "session.detached": "Session left running",
  "session.adopted": "Session taken to another device",
  "session.taken_over": "Session taken over by another page",
  "exec.started": "Command started",
  "exec.done": "Command done",
  "hostkey.first_use": "Host key trusted",
  "hostkey.replaced": "Host key replaced",
  "hostkey.mismatch": "Host key differs",
  "hostkey.added": "Further host key learnt",
  "channel.refused": "Channel of the device refused",
  "sign.granted": "Login signed",
  "sign.refused": "Signature refused",
  "policy.denied": "Target denied",
  "policy.changed": "Target policy changed",
  "config.changed": "Configuration changed",
  "audit.lost": "Lines of this log were lost",
  "audit.damped": "Lines were left out, because there were too many",
};

export const KINDS = [
  { value: "", label: "Everything" },
  { value: "session.", label: "Sessions" },
  { value: "exec.", label: "Commands" },
  { value: "link.", label: "Connections" },
  { value: "pair.", label: "Pairing" },
  { value: "client.", label: "Devices" },
  { value: "hostkey.", label: "Host keys" },
  { value: "sign.", label: "Signatures" },
  { value: "policy.", label: "Policy" },
] as const;

/** Names of the events that have words. */
export const EVENTS: readonly string[] = Object.keys(WORDS);

/** An event of a newer proxy is shown by its own name. */
export function eventWords(event: string): string {
  return WORDS[event] ?? event;
}

export function iconOf({ outcome }: ActivityEntry): IconName {
  return outcome === "ok" ? "ok" : outcome === "refused" ? "denied" : "warn";
}
