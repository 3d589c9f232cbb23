import { peersAt } from "../world/bgp.ts";
import { hash32 } from "../world/random.ts";
import { ipNumber, prefixesFrom, routesAt } from "../world/routes.ts";
import { risesUpTo } from "../world/signal.ts";
import type { ShowContext } from "./text.ts";
import { age } from "./text.ts";

function tableVersion({ world, device, at }: ShowContext): number {
  const sessions = world.signals(at).sessions;
  return device.peers.reduce(
    (total, peer) => {
      const session = sessions.get(`${device.id}/${peer.ip}`);
      return total + (session === undefined ? 0 : risesUpTo(session, at) * 37);
    },
    118 + (hash32(world.seed, device.id, "table") % 900),
  );
}

/** `show ip bgp summary` */
export function showBgpSummary(context: ShowContext): string[] {
  const { world, device, at } = context;
  const peers = peersAt(world, device, at).sort((left, right) => ipNumber(left.spec.ip) - ipNumber(right.spec.ip));
  const paths = peers.reduce((total, peer) => total + prefixesFrom(world, device, peer.spec, at).length, 0);
  const networks = routesAt(world, device, at).filter((route) => route.code === "B").length;
  const version = tableVersion(context);
  const rows = peers.map((peer) => {
    const established = peer.state === "Established";
    const last = established ? String(prefixesFrom(world, device, peer.spec, at).length) : peer.state;
    const upDown = peer.stateSinceMs === undefined ? "never" : age(at - peer.stateSinceMs);
    return (
      `${peer.spec.ip.padEnd(15)} 4 ${String(peer.spec.as).padStart(12)} ${String(peer.received).padStart(7)} ` +
      `${String(peer.sent).padStart(7)} ${String(established ? version : 1).padStart(8)}    0    0 ` +
      `${upDown.padEnd(8)} ${established ? last.padStart(8) : last}`
    );
  });
  const attributes = Math.max(1, Math.ceil(paths / 9));
  return [
    `BGP router identifier ${device.routerId}, local AS number ${device.as}`,
    `BGP table version is ${version}, main routing table version ${version}`,
    `${networks} network entries using ${networks * 144} bytes of memory`,
    `${paths} path entries using ${paths * 80} bytes of memory`,
    `${attributes}/${attributes} BGP path/bestpath attribute entries using ${attributes * 152} bytes of memory`,
    `${attributes} BGP AS-PATH entries using ${attributes * 32} bytes of memory`,
    "0 BGP route-map cache entries using 0 bytes of memory",
    "0 BGP filter-list cache entries using 0 bytes of memory",
    `BGP using ${networks * 144 + paths * 80 + attributes * 184} total bytes of memory`,
    `BGP activity ${networks + version}/${version} prefixes, ${paths + version}/${version} paths, scan interval 60 secs`,
    "",
    "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
    ...rows,
  ];
}

/** `show bgp all summary` */
export function showBgpAllSummary(context: ShowContext): string[] {
  return ["For address family: IPv4 Unicast", ...showBgpSummary(context)];
}

/** `show ip bgp` */
export function showBgpTable(context: ShowContext): string[] {
  const { world, device, at } = context;
  const routes = routesAt(world, device, at).filter((route) => route.code === "B");
  const rows = routes.map((route) => {
    const whole = route.length === 0 ? "0.0.0.0" : `${route.prefix}/${route.length}`;
    const preference = route.internal === true ? "100" : "";
    return (
      ` *>${route.internal === true ? "i" : " "} ${whole.padEnd(16)} ${(route.via ?? "").padEnd(19)}` +
      `${"0".padStart(8)} ${preference.padStart(6)} ${"0".padStart(6)} ${(route.asPath ?? []).join(" ")} i`
    );
  });
  return [
    `BGP table version is ${tableVersion(context)}, local router ID is ${device.routerId}`,
    "Status codes: s suppressed, d damped, h history, * valid, > best, i - internal, ",
    "              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter, ",
    "              x best-external, a additional-path, c RIB-compressed, ",
    "              t secondary path, L long-lived-stale,",
    "Origin codes: i - IGP, e - EGP, ? - incomplete",
    "RPKI validation codes: V valid, I invalid, N Not found",
    "",
    "     Network          Next Hop            Metric LocPrf Weight Path",
    ...rows,
  ];
}
