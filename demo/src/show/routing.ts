import { HELLO_MS } from "../world/ospf.ts";
import { hash32 } from "../world/random.ts";
import type { Route } from "../world/routes.ts";
import { ipNumber, lookup, networkOf, routesAt } from "../world/routes.ts";
import { since, valueAt } from "../world/signal.ts";
import { findDevice } from "../world/world.ts";
import type { ShowContext } from "./text.ts";
import { age } from "./text.ts";

const CODES = [
  "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
  "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area ",
  "       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2",
  "       E1 - OSPF external type 1, E2 - OSPF external type 2",
  "       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2",
  "       ia - IS-IS inter area, * - candidate default, U - per-user static route",
  "       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP",
  "       a - application route",
  "       + - replicated route, % - next hop override, p - overrides from PfR",
  "",
];

function classfulLength(prefix: string): number {
  const first = ipNumber(prefix) >>> 24;
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

function routeLine(route: Route, at: number, shown: string): string {
  const star = route.length === 0 ? "*" : " ";
  const head = `${route.code}${star}       ${shown}`;
  if (route.code === "C" || route.code === "L") return `${head} is directly connected, ${route.port}`;
  const ago = route.since === undefined ? "" : `, ${age(at - route.since)}`;
  const port = route.port === undefined ? "" : `, ${route.port}`;
  return `${head} [${route.distance}/${route.metric}] via ${route.via}${ago}${port}`;
}

function group(routes: readonly Route[], at: number): string[] {
  const byNetwork = new Map<string, Route[]>();
  for (const route of routes) {
    const length = Math.min(classfulLength(route.prefix), route.length);
    const key = `${networkOf(route.prefix, length)}/${length}`;
    byNetwork.set(key, [...(byNetwork.get(key) ?? []), route]);
  }
  return [...byNetwork].flatMap(([key, members]) => {
    const [network = ""] = key.split("/");
    const first = members[0];
    if (first !== undefined && members.length === 1 && first.length <= classfulLength(first.prefix)) {
      // A default or a whole classful network stands alone at the margin.
      return [routeLine(first, at, `${first.prefix}/${first.length}`).replace(/^(..) {7}/u, "$1    ")];
    }
    const masks = new Set(members.map((member) => member.length)).size;
    const words = `${members.length} subnets`;
    if (masks === 1) {
      const head = `      ${network}/${first?.length} is subnetted, ${words}`;
      return [head, ...members.map((member) => routeLine(member, at, member.prefix))];
    }
    const head = `      ${network}/${classfulLength(network)} is variably subnetted, ${words}, ${masks} masks`;
    return [head, ...members.map((member) => routeLine(member, at, `${member.prefix}/${member.length}`))];
  });
}

/** `show ip route` */
export function showIpRoute({ world, device, at }: ShowContext): string[] {
  const routes = routesAt(world, device, at);
  const last = routes.find((route) => route.length === 0);
  const gateway =
    last === undefined
      ? "Gateway of last resort is not set"
      : `Gateway of last resort is ${last.via} to network 0.0.0.0`;
  return [...CODES, gateway, "", ...group(routes, at)];
}

/** `show ip route IP` */
export function showIpRouteFor({ world, device, at }: ShowContext, ip: string): string[] {
  const route = lookup(
    routesAt(world, device, at).filter((candidate) => candidate.length > 0),
    ip,
  );
  if (route === undefined) return [ip.endsWith(".0") ? "% Network not in table" : "% Subnet not in table"];
  const head = `Routing entry for ${route.prefix}/${route.length}`;
  if (route.code === "C" || route.code === "L") {
    return [
      head,
      `  Known via "connected", distance 0, metric 0 (connected${route.code === "C" ? ", via interface" : ""})`,
      "  Routing Descriptor Blocks:",
      `  * directly connected, via ${route.port}`,
      "      Route metric is 0, traffic share count is 1",
    ];
  }
  const ago = age(at - (route.since ?? at));
  if (route.code === "O") {
    const far = findDevice(device.id === "demo-r1" ? "demo-r2" : "demo-r1");
    return [
      head,
      `  Known via "ospf 1", distance 110, metric ${route.metric}, type intra area`,
      `  Last update from ${route.via} on ${route.port}, ${ago} ago`,
      "  Routing Descriptor Blocks:",
      `  * ${route.via}, from ${far?.routerId}, ${ago} ago, via ${route.port}`,
      `      Route metric is ${route.metric}, traffic share count is 1`,
    ];
  }
  return [
    head,
    `  Known via "bgp ${device.as}", distance ${route.distance}, metric 0`,
    `  Tag ${route.asPath?.[0]}, type ${route.internal === true ? "internal" : "external"}`,
    `  Last update from ${route.via} ${ago} ago`,
    "  Routing Descriptor Blocks:",
    `  * ${route.via}, from ${route.via}, ${ago} ago`,
    "      Route metric is 0, traffic share count is 1",
    `      AS Hops ${route.asPath?.length ?? 1}`,
    `      Route tag ${route.asPath?.[0]}`,
    "      MPLS label: none",
  ];
}

/** Next hops that are looked up by way of others: a router gives up, too. */
const MAX_RECURSION = 4;

/** `show ip cef IP`: what forwards the address */
export function showIpCefFor({ world, device, at }: ShowContext, ip: string): string[] {
  const routes = routesAt(world, device, at);
  let route = lookup(routes, ip);
  if (route === undefined) return ["0.0.0.0/0", "  no route"];
  const head = `${route.prefix}/${route.length}`;
  if (route.code === "L") return [head, `  receive for ${route.port}`];
  if (route.code === "C") return [head, `  attached to ${route.port}`];
  const via = route.via ?? "";
  // A next hop that is not on a cable is looked up in turn.
  for (let turns = 0; turns < MAX_RECURSION && route?.port === undefined && route?.via !== undefined; turns++) {
    route = lookup(routes, route.via);
  }
  const hop = route?.code === "C" ? via : (route?.via ?? via);
  return [head, `  nexthop ${hop} ${route?.port ?? ""}`.trimEnd()];
}

/** `show ip route summary` */
export function showIpRouteSummary({ world, device, at }: ShowContext): string[] {
  const routes = routesAt(world, device, at);
  const rows: string[] = [];
  const totals = { networks: 0, subnets: 0, overhead: 0, memory: 0 };
  const row = (name: string, codes: string, extra: readonly string[] = []) => {
    const mine = routes.filter((route) => codes.includes(route.code));
    const networks = mine.filter((route) => route.length <= classfulLength(route.prefix)).length;
    const subnets = mine.length - networks;
    const overhead = mine.length * 96;
    const memory = mine.length * 288;
    totals.networks += networks;
    totals.subnets += subnets;
    totals.overhead += overhead;
    totals.memory += memory;
    const cells = [networks, subnets, 0, overhead].map((figure) => String(figure).padEnd(12));
    rows.push(`${name.padEnd(16)}${cells.join("")}${memory}`, ...extra);
  };
  row("application", "");
  row("connected", "CL");
  row("static", "S");
  if (device.role === "router") {
    const ospf = routes.filter((route) => route.code === "O").length;
    row("ospf 1", "O", [
      `  Intra-area: ${ospf} Inter-area: 0 External-1: 0 External-2: 0`,
      "  NSSA External-1: 0 NSSA External-2: 0",
    ]);
    const external = routes.filter((route) => route.code === "B" && route.internal !== true).length;
    const internal = routes.filter((route) => route.code === "B" && route.internal === true).length;
    row(`bgp ${device.as}`, "B", [`  External: ${external} Internal: ${internal} Local: 0`]);
  }
  const blocks = new Set(routes.map((route) => networkOf(route.prefix, Math.min(8, route.length)))).size;
  rows.push(`${"internal".padEnd(16)}${String(blocks).padEnd(48)}${blocks * 1336}`);
  const cells = [totals.networks + blocks, totals.subnets, 0, totals.overhead].map((figure) =>
    String(figure).padEnd(12),
  );
  return [
    "IP routing table name is default (0x0)",
    "IP routing table maximum-paths is 32",
    "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)",
    ...rows,
    `${"Total".padEnd(16)}${cells.join("")}${totals.memory + blocks * 1336}`,
  ];
}

/** `show ip ospf neighbor` */
export function showOspfNeighbours({ world, device, at }: ShowContext): string[] {
  const adjacencies = (world.signals(at).adjacencies.get(device.id) ?? []).filter((one) => valueAt(one.listed, at));
  const rows = adjacencies.map((one) => {
    const routerId = findDevice(one.neighbour)?.routerId ?? "0.0.0.0";
    const heardFor = at - (since(one.heard, at) ?? 0);
    const listedFor = at - (since(one.listed, at) ?? 0);
    const building = listedFor < 2_000 ? "INIT" : listedFor < 4_000 ? "EXSTART" : "LOADING";
    const state = valueAt(one.full, at) ? `FULL/${one.role.padEnd(4)}` : `${building}/${one.role.padEnd(4)}`;
    const shift = hash32(world.seed, device.id, one.port, "hello") % HELLO_MS;
    const silent = valueAt(one.heard, at) ? (at + shift) % HELLO_MS : heardFor;
    const dead = age(Math.max(0, 40_000 - silent));
    return `${routerId.padEnd(16)}${"1".padStart(3)}   ${state.padEnd(16)}${dead.padEnd(12)}${one.neighbourAddress.padEnd(16)}${one.port}`;
  });
  if (rows.length === 0) return [];
  return ["", "Neighbor ID     Pri   State           Dead Time   Address         Interface", ...rows];
}
