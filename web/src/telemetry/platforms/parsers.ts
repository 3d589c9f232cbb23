import { boundedLines } from "../parsers/bounded-lines.ts";
import type { NamedParser } from "../parsers/result.ts";
import { TraceBuilder } from "../parsers/result.ts";
import type { TableParser } from "../parsers/row-stream.ts";
import { iosEtherchannel, iosPoe } from "./cisco-ios/bundles.ts";
import { iosEnvironment, iosTransceiver } from "./cisco-ios/environment.ts";
import { iosInterfacesDescription, iosInterfacesStatus, iosIpInterfaceBrief } from "./cisco-ios/interface-tables.ts";
import { iosInterfaces } from "./cisco-ios/interfaces.ts";
import { iosArpSummary, iosMacCount } from "./cisco-ios/layer2.ts";
import { iosLines } from "./cisco-ios/lines.ts";
import { iosCpu, iosMemory, iosPlatformResources } from "./cisco-ios/load.ts";
import { iosCdpDetail, iosLldpDetail } from "./cisco-ios/neighbors.ts";
import { iosLogging, iosUsers } from "./cisco-ios/operations.ts";
import { iosCef, iosRouteLookup } from "./cisco-ios/route-lookup.ts";
import { iosRoutes } from "./cisco-ios/route-table.ts";
import { iosBgpSummary, iosOspfNeighbor, iosRouteSummary } from "./cisco-ios/routing.ts";
import { iosArp, iosMacTable } from "./cisco-ios/tables.ts";
import { iosTransceiverDetail } from "./cisco-ios/transceiver-detail.ts";
import { iosInventory, iosVersion } from "./cisco-ios/version.ts";
import { iosVrfs } from "./cisco-ios/vrfs.ts";
import { frrInterfaces } from "./frr/interfaces.ts";
import { frrRouteLookup, frrVrfs } from "./frr/lookup.ts";
import { frrRoutes } from "./frr/routes.ts";
import {
  frrBgpSummary,
  frrOspf6Neighbors,
  frrOspfNeighbors,
  frrRouteSummary4,
  frrRouteSummary6,
} from "./frr/routing.ts";
import { frrVersion } from "./frr/version.ts";
import { linuxAddresses, linuxCounters, linuxLinks } from "./linux/interfaces.ts";
import { linuxJournal } from "./linux/journal.ts";
import { linuxFdb, linuxFibGuard, linuxLldp, linuxNeigh, linuxRoutes4, linuxRoutes6 } from "./linux/network.ts";
import { linuxOptics } from "./linux/optics.ts";
import { linuxRouteGet, linuxRouteMatch, linuxRouteTable4, linuxRouteTable6 } from "./linux/routes.ts";
import { linuxSensors } from "./linux/sensors.ts";
import { linuxSpeeds } from "./linux/speeds.ts";
import { linuxCpu, linuxDmi, linuxIdentity, linuxMemory, linuxUsers } from "./linux/system.ts";
import { linuxArpTable, linuxMacTable } from "./linux/tables.ts";
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
  iosMacCount,
  iosUsers,
  iosLines,
  iosLogging,
  iosEnvironment,
  iosTransceiver,
  iosTransceiverDetail,
  iosRouteLookup,
  iosCef,
  iosEtherchannel,
  iosPoe,
  iosVrfs,
];

/** Full tables, which can be read while they arrive [T77]; each takes lines of bounded length by itself. */
const TABLES: readonly TableParser[] = [
  frrRoutes,
  linuxRouteTable4,
  linuxRouteTable6,
  linuxArpTable,
  linuxMacTable,
  iosRoutes,
  iosArp,
  iosMacTable,
];

/** The parser of a full table by its name; nothing for parsers that need the whole answer. */
export const tableParsers: ReadonlyMap<string, TableParser> = new Map(TABLES.map((parser) => [parser.id, parser]));

/** Every parser that a pack may name. */
export const parsers: ReadonlyMap<string, NamedParser> = new Map(
  [
    raw,
    ...IOS.map(boundedLines),
    ...TABLES,
    frrVersion,
    frrInterfaces,
    frrRouteSummary4,
    frrRouteSummary6,
    frrBgpSummary,
    frrOspfNeighbors,
    frrOspf6Neighbors,
    frrRouteLookup,
    boundedLines(frrVrfs),
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
    linuxRouteGet,
    linuxRouteMatch,
    linuxSensors,
    boundedLines(linuxOptics),
    linuxJournal,
    boundedLines(linuxSpeeds),
  ].map((parser) => [parser.id, parser]),
);
