import { buildCommand, type SeenNames } from "#telemetry/packs/build-command.ts";
import { packs } from "#telemetry/platforms/packs.ts";

/**
 * One command that is marked as run on real software [T91], with the values it is asked with on router r1 of the lab.
 * `refused`: what the box says where it has nothing to show; the meaning of that is tested, not the data.
 */
export type LabCommand = {
  platform: "frr" | "linux";
  id: string;
  params?: Readonly<Record<string, string>>;
  refused?: RegExp;
  /** Nothing is printed, which the pack gives a meaning to. */
  silent?: true;
};

/** Loopbacks of r3, which every router has a route to. */
const FAR = "198.19.255.13";
const FAR6 = "2001:db8:19:ff::13";
const VRF = "default";

/** Every command of the packs whose evidence is V; tests/contract/telemetry-packs.test.ts holds it against them. */
export const labCommands: readonly LabCommand[] = [
  { platform: "frr", id: "version" },
  { platform: "frr", id: "interfaces" },
  { platform: "frr", id: "interface", params: { IF: "eth1" } },
  { platform: "frr", id: "routes4" },
  { platform: "frr", id: "routes6" },
  { platform: "frr", id: "routes4_vrf", params: { VRF } },
  { platform: "frr", id: "routes6_vrf", params: { VRF } },
  { platform: "frr", id: "vrfs", silent: true },
  { platform: "frr", id: "lookup4", params: { VRF, IP: FAR } },
  { platform: "frr", id: "lookup6", params: { VRF, IP: FAR6 } },
  { platform: "frr", id: "routes4_all", params: { VRF } },
  { platform: "frr", id: "routes6_all", params: { VRF } },
  { platform: "frr", id: "bgp" },
  { platform: "frr", id: "ospf" },
  { platform: "frr", id: "ospf6" },
  { platform: "linux", id: "tools" },
  { platform: "linux", id: "identity" },
  { platform: "linux", id: "cpu" },
  { platform: "linux", id: "memory" },
  { platform: "linux", id: "links" },
  { platform: "linux", id: "addresses" },
  { platform: "linux", id: "speeds" },
  { platform: "linux", id: "counters" },
  { platform: "linux", id: "counter", params: { IF: "eth1" } },
  { platform: "linux", id: "lldp" },
  { platform: "linux", id: "fib" },
  { platform: "linux", id: "routes4" },
  { platform: "linux", id: "routes6" },
  { platform: "linux", id: "neigh" },
  { platform: "linux", id: "fdb" },
  { platform: "linux", id: "users" },
  { platform: "linux", id: "env", refused: /No sensors found/ },
  { platform: "linux", id: "route_get", params: { IP: FAR } },
  { platform: "linux", id: "route_match", params: { IP: FAR6 } },
  { platform: "linux", id: "routes4_all" },
  { platform: "linux", id: "routes6_all" },
  { platform: "linux", id: "arp_find", params: { IP: "198.19.1.2" } },
  { platform: "linux", id: "arp_all" },
  { platform: "linux", id: "mac_find", params: { MAC: "02:00:00:00:00:01" } },
  { platform: "linux", id: "mac_port", params: { IF: "eth1" } },
  { platform: "linux", id: "mac_all" },
];

/** The variant that is proven, and its text as it is sent, without the wrapper of a vtysh login. */
export function provenText({ platform, id, params = {} }: LabCommand): { text: string; parser: string } {
  const pack = packs[platform];
  const index = pack.commands[id]?.variants.findIndex(({ evidence }) => evidence === "V") ?? -1;
  const variant = pack.commands[id]?.variants[index];
  const values = new Set(Object.values(params));
  const seen: SeenNames = { interface: values, vrf: values, peer: values };
  const built = buildCommand(pack, id, index, new Map(Object.entries(params)), seen);
  if (!variant || !built.ok) throw new Error(`${platform} ${id}: ${built.ok ? "not marked V" : built.why}`);
  return { text: built.command.text, parser: variant.parser };
}
