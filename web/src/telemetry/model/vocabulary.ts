import type { ArpState, BgpState, OperState, OspfRole, OspfState, SensorState } from "../knowledge/panel-data.ts";

/** A word of the vocabulary, or the device's own word kept beside the absent field [T26]. */
export type Word<T extends string> = { value: T } | { raw: string };

function lookup<T extends string>(table: Record<string, T>, printed: string): Word<T> {
  const key = printed
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, " ");
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return value === undefined ? { raw: printed.trim() } : { value };
}

const OPER: Record<string, OperState> = {
  up: "up",
  connected: "up",
  monitoring: "up",
  down: "down",
  notconnect: "down",
  notconnected: "down",
  disabled: "down",
  testing: "testing",
  dormant: "dormant",
  notpresent: "absent",
  absent: "absent",
  lowerlayerdown: "lower-down",
  "lower-down": "lower-down",
  "err-disabled": "err-disabled",
  errdisabled: "err-disabled",
};
/** Operational state of an interface. */
export const operState = (printed: string): Word<OperState> => lookup(OPER, printed);

const BGP: Record<string, BgpState> = {
  idle: "idle",
  "idle (admin)": "admin-down",
  "admin-down": "admin-down",
  connect: "connect",
  active: "active",
  opensent: "opensent",
  openconfirm: "openconfirm",
  established: "established",
};
/** State of a BGP session. */
export const bgpState = (printed: string): Word<BgpState> => lookup(BGP, printed);

const OSPF: Record<string, OspfState> = {
  down: "down",
  attempt: "attempt",
  init: "init",
  "2-way": "2way",
  "2way": "2way",
  twoway: "2way",
  exstart: "exstart",
  exchange: "exchange",
  loading: "loading",
  full: "full",
};
/** State of an OSPF adjacency, without the role after the slash. */
export const ospfState = (printed: string): Word<OspfState> => lookup(OSPF, printed);

const ROLE: Record<string, OspfRole> = {
  dr: "dr",
  bdr: "bdr",
  backup: "bdr",
  drother: "drother",
  "-": "p2p",
  pointtopoint: "p2p",
};
/** Role of an OSPF neighbour; `-` means a link without a designated router. */
export const ospfRole = (printed: string): Word<OspfRole> => lookup(ROLE, printed);

const ARP: Record<string, ArpState> = {
  reachable: "reachable",
  stale: "stale",
  delay: "delay",
  probe: "probe",
  failed: "failed",
  incomplete: "incomplete",
  permanent: "permanent",
  noarp: "permanent",
};
/** State of an ARP or ND entry. */
export const arpState = (printed: string): Word<ArpState> => lookup(ARP, printed);

const SENSOR: Record<string, SensorState> = {
  ok: "ok",
  good: "ok",
  green: "ok",
  normal: "ok",
  yellow: "warn",
  warning: "warn",
  minor: "warn",
  red: "crit",
  critical: "crit",
  bad: "crit",
  faulty: "crit",
  failed: "crit",
  failure: "crit",
  fail: "crit",
  shutdown: "crit",
  "no input power": "crit",
  "not present": "absent",
  notpresent: "absent",
  absent: "absent",
  "not exist": "absent",
  off: "off",
  disabled: "off",
};
/** State of a sensor, fan or power supply. */
export const sensorState = (printed: string): Word<SensorState> => lookup(SENSOR, printed);

/** Words that devices print for "no value"; they map to absent, never to data [T5]. */
const PLACEHOLDERS = new Set([
  "",
  "-",
  "--",
  "---",
  "n/a",
  "na",
  "none",
  "never",
  "unset",
  "unassigned",
  "unknown",
  "not set",
  "not available",
  "null",
  "nil",
]);

/** The text, or nothing when it is a placeholder. */
export function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || PLACEHOLDERS.has(trimmed.toLowerCase()) ? undefined : trimmed;
}
