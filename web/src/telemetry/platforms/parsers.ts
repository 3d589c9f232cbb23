import { boundedLines } from "../parsers/bounded-lines.ts";
import type { NamedParser } from "../parsers/result.ts";
import { TraceBuilder } from "../parsers/result.ts";
import { iosEnvironment, iosTransceiver } from "./cisco-ios/environment.ts";
import { iosInterfacesDescription, iosInterfacesStatus, iosIpInterfaceBrief } from "./cisco-ios/interface-tables.ts";
import { iosInterfaces } from "./cisco-ios/interfaces.ts";
import { iosArp, iosArpSummary, iosMacCount } from "./cisco-ios/layer2.ts";
import { iosCpu, iosMemory, iosPlatformResources } from "./cisco-ios/load.ts";
import { iosCdpDetail, iosLldpDetail } from "./cisco-ios/neighbors.ts";
import { iosLogging, iosUsers } from "./cisco-ios/operations.ts";
import { iosBgpSummary, iosOspfNeighbor, iosRouteSummary } from "./cisco-ios/routing.ts";
import { iosInventory, iosVersion } from "./cisco-ios/version.ts";
import { frrInterfaces } from "./frr/interfaces.ts";
import {
  frrBgpSummary,
  frrOspf6Neighbors,
  frrOspfNeighbors,
  frrRouteSummary4,
  frrRouteSummary6,
} from "./frr/routing.ts";
import { frrVersion } from "./frr/version.ts";
import { linuxAddresses, linuxCounters, linuxLinks } from "./linux/interfaces.ts";
import { linuxFdb, linuxFibGuard, linuxLldp, linuxNeigh, linuxRoutes4, linuxRoutes6 } from "./linux/network.ts";
import { linuxCpu, linuxDmi, linuxIdentity, linuxMemory, linuxUsers } from "./linux/system.ts";
import { linuxTools } from "./linux/tools.ts";

/** Keeps the text as it is, for platforms that nothing else understands. */
const raw: NamedParser = {
  id: "raw",
  version: 1,
  parse(text) {
    const trace = new TraceBuilder("raw", 1, text);
    return text.trim() === "" ? trace.failed("empty") : trace.done({}, 1);
  },
};

/** Read line by line, with patterns. */
const IOS: readonly NamedParser[] = [
  iosVersion,
  iosInventory,
  iosCpu,
  iosMemory,
  iosPlatformResources,
  iosInterfaces,
  iosInterfacesDescription,
  iosInterfacesStatus,
  iosIpInterfaceBrief,
  iosLldpDetail,
  iosCdpDetail,
  iosRouteSummary,
  iosBgpSummary,
  iosOspfNeighbor,
  iosArpSummary,
  iosArp,
  iosMacCount,
  iosUsers,
  iosLogging,
  iosEnvironment,
  iosTransceiver,
];

/** Every parser that a pack may name. */
export const parsers: ReadonlyMap<string, NamedParser> = new Map(
  [
    raw,
    ...IOS.map(boundedLines),
    frrVersion,
    frrInterfaces,
    frrRouteSummary4,
    frrRouteSummary6,
    frrBgpSummary,
    frrOspfNeighbors,
    frrOspf6Neighbors,
    linuxIdentity,
    linuxDmi,
    linuxCpu,
    linuxMemory,
    linuxUsers,
    linuxTools,
    linuxLinks,
    linuxAddresses,
    linuxCounters,
    linuxLldp,
    linuxFibGuard,
    linuxRoutes4,
    linuxRoutes6,
    linuxNeigh,
    linuxFdb,
  ].map((parser) => [parser.id, parser]),
);
