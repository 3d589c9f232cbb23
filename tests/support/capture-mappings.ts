import { macAddress } from "#telemetry/model/addresses.ts";
import { interfaceName } from "#telemetry/model/interface-names.ts";
import type { Fragment } from "#telemetry/parsers/result.ts";
import { iosPrefixes } from "#telemetry/platforms/cisco-ios/prefixes.ts";

/** A record or a row, as plain values. */
export type Row = Record<string, unknown>;
/** Compares one record of the community with our row of the same key; absent on our side is `undefined`. */
type Check = { field: string; expected: (record: Row) => unknown; ours: (row: Row) => unknown };
/** A command's records against our rows. */
export type Mapping = {
  parser: string;
  rows: (data: Fragment) => Row[];
  key: (record: Row) => string;
  ourKey: (row: Row) => string;
  checks: Check[];
};

/** Text of a record, without blanks around it; nothing else is text. */
export const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
const ifName = (value: unknown): string => interfaceName(text(value), iosPrefixes).name;
const present = (value: string): string | undefined => (value === "" ? undefined : value);
const same = (field: string, theirs: string): Check => ({
  field,
  expected: (record) => present(text(record[theirs])),
  ours: (row) => (typeof row[field] === "number" ? String(row[field]) : row[field]),
});
const mac = (field: string, theirs: string): Check => ({
  field,
  expected: (record) => macAddress(text(record[theirs])),
  ours: (row) => row[field],
});

/** What a command of IOS says in the records of the community, and where our rows have it. */
export const MAPPINGS: Record<string, Mapping> = {
  "show interfaces": {
    parser: "ios.interfaces",
    rows: (data) => {
      const counters = new Map(data.ifcounters?.rows?.map((row) => [row.name, row]));
      return (data.ifstate?.rows ?? []).map((row) => ({ ...counters.get(row.name), ...row }));
    },
    key: (record) => ifName(record.interface),
    ourKey: (row) => text(row.name),
    checks: [
      mac("mac", "mac_address"),
      same("mtu", "mtu"),
      same("desc", "description"),
      same("in_pkts", "input_packets"),
      same("out_pkts", "output_packets"),
      same("in_err", "input_errors"),
      same("out_err", "output_errors"),
      same("crc", "crc"),
      same("runts", "runts"),
      same("giants", "giants"),
      same("dev_in_bps", "input_rate"),
      same("dev_out_bps", "output_rate"),
      {
        field: "oper",
        expected: (record) => (text(record.protocol_status).startsWith("up") ? "up" : undefined),
        ours: (row) => (row.oper === "up" ? "up" : undefined),
      },
    ],
  },
  "show interfaces description": {
    parser: "ios.interfaces-description",
    rows: (data) => data.ifstate?.rows ?? [],
    key: (record) => ifName(record.port),
    ourKey: (row) => text(row.name),
    checks: [
      same("desc", "description"),
      { field: "oper", expected: (record) => text(record.protocol), ours: (row) => row.oper },
    ],
  },
  "show interfaces status": {
    parser: "ios.interfaces-status",
    rows: (data) => data.ifstate?.rows ?? [],
    key: (record) => ifName(record.port),
    ourKey: (row) => text(row.name),
    checks: [
      same("desc", "name"),
      {
        field: "vlan",
        expected: (record) => (/^\d+$/.test(text(record.vlan_id)) ? text(record.vlan_id) : undefined),
        ours: (row) => row.vlan,
      },
      {
        field: "oper",
        expected: (record) => (/^connected$|^up$/.test(text(record.status)) ? "up" : undefined),
        ours: (row) => (row.oper === "up" ? "up" : undefined),
      },
    ],
  },
  "show ip interface brief": {
    parser: "ios.ip-interface-brief",
    rows: (data) => data.ifstate?.rows ?? [],
    key: (record) => ifName(record.interface),
    ourKey: (row) => text(row.name),
    checks: [
      {
        field: "ipv4",
        expected: (record) => (/^\d/.test(text(record.ip_address)) ? text(record.ip_address) : undefined),
        ours: (row) => (Array.isArray(row.ipv4) ? row.ipv4[0] : undefined),
      },
      { field: "oper", expected: (record) => text(record.proto), ours: (row) => row.oper },
    ],
  },
  "show vrf": {
    parser: "ios.vrfs",
    rows: (data) => (data.vrfs ?? []).map((name) => ({ name })),
    key: (record) => text(record.name),
    ourKey: (row) => text(row.name),
    checks: [{ field: "name", expected: (record) => text(record.name), ours: (row) => row.name }],
  },
  "show lldp neighbors detail": {
    parser: "ios.lldp-detail",
    rows: (data) => data.neighbors?.rows ?? [],
    key: (record) =>
      `${present(text(record.local_interface)) ? ifName(record.local_interface) : ""} ${macAddress(text(record.chassis_id)) ?? text(record.chassis_id)}`,
    ourKey: (row) => `${text(row.local_if)} ${text(row.chassis_id)}`,
    checks: [
      same("remote_name", "neighbor_name"),
      {
        field: "mgmt_ip",
        expected: (record) => present(text(record.mgmt_address)),
        ours: (row) => (Array.isArray(row.mgmt_ip) ? row.mgmt_ip[0] : undefined),
      },
      {
        field: "desc",
        expected: (record) => present(text(record.neighbor_description)),
        ours: (row) => present(text(row.desc).split("\n")[0] ?? ""),
      },
    ],
  },
  "show cdp neighbors detail": {
    parser: "ios.cdp-detail",
    rows: (data) => data.neighbors?.rows ?? [],
    key: (record) => `${ifName(record.local_interface)} ${text(record.neighbor_name)}`,
    ourKey: (row) => `${text(row.local_if)} ${text(row.chassis_id)}`,
    checks: [
      same("platform", "platform"),
      { field: "remote_if", expected: (record) => ifName(record.neighbor_interface), ours: (row) => row.remote_if },
    ],
  },
  "show ip bgp summary": {
    parser: "ios.bgp-summary",
    rows: (data) => data.bgp?.rows ?? [],
    key: (record) => text(record.bgp_neighbor),
    ourKey: (row) => text(row.peer),
    checks: [
      same("remote_as", "neighbor_as"),
      same("local_as", "local_as"),
      same("router_id", "router_id"),
      same("msg_in", "messages_received"),
      same("msg_out", "messages_sent"),
      same("pfx_rx", "state_or_prefixes_received"),
    ],
  },
  "show ip ospf neighbor": {
    parser: "ios.ospf-neighbor",
    rows: (data) => data.ospf?.rows ?? [],
    key: (record) => `${text(record.neighbor_id)} ${ifName(record.interface)}`,
    ourKey: (row) => `${text(row.neighbor_id)} ${text(row.if)}`,
    checks: [
      same("address", "ip_address"),
      same("prio", "priority"),
      {
        field: "state",
        expected: (record) => text(record.state).toLowerCase(),
        ours: (row) => `${text(row.state)}/${text(row.role)}`,
      },
    ],
  },
  "show ip arp": {
    parser: "ios.arp",
    rows: (data) => data.arp_table?.rows ?? [],
    key: (record) => text(record.ip_address),
    ourKey: (row) => text(row.ip),
    checks: [
      mac("mac", "mac_address"),
      {
        field: "if",
        expected: (record) => (present(text(record.interface)) ? ifName(record.interface) : undefined),
        ours: (row) => row.if,
      },
    ],
  },
  "show mac-address-table": {
    parser: "ios.mac-table",
    rows: (data) => data.mac_table?.rows ?? [],
    key: (record) => `${macAddress(text(record.destination_address)) ?? ""} ${text(record.vlan_id).toLowerCase()}`,
    ourKey: (row) => `${text(row.mac)} ${text(row.vlan)}`,
    checks: [
      {
        field: "type",
        expected: (record) => text(record.type).toLowerCase(),
        ours: (row) => row.type,
      },
      {
        field: "if",
        // Several ports of one entry are compared by the first.
        expected: (record) => (Array.isArray(record.destination_port) ? ifName(record.destination_port[0]) : undefined),
        ours: (row) => text(row.if).split(",")[0],
      },
    ],
  },
  "show ip route": {
    parser: "ios.routes",
    rows: (data) => data.routes?.rows ?? [],
    key: (record) => `${text(record.network)}/${text(record.prefix_length)}`,
    ourKey: (row) => text(row.prefix),
    checks: [
      {
        field: "proto",
        expected: (record) => ({ C: "connected", L: "local", S: "static", B: "bgp", O: "ospf" })[text(record.protocol)],
        ours: (row) => text(row.proto).split(" ")[0],
      },
    ],
  },
  "show power inline": {
    parser: "ios.poe",
    rows: (data) => data.poe?.rows ?? [],
    key: (record) => ifName(record.interface),
    ourKey: (row) => text(row.if),
    checks: [
      same("admin", "admin_status"),
      same("oper", "operational_status"),
      {
        field: "w",
        expected: (record) => Number(text(record.power)),
        ours: (row) => row.w,
      },
      {
        field: "max_w",
        expected: (record) => (present(text(record.max)) ? Number(text(record.max)) : undefined),
        ours: (row) => row.max_w,
      },
      {
        field: "class",
        expected: (record) => (/^\d/.test(text(record.class)) ? text(record.class) : undefined),
        ours: (row) => row.class,
      },
      {
        field: "device",
        expected: (record) => (text(record.device) === "n/a" ? undefined : present(text(record.device))),
        ours: (row) => row.device,
      },
    ],
  },
  "show version": {
    parser: "ios.version",
    rows: (data) => (data.device_info ? [{ ...data.device_info }] : []),
    key: () => "",
    ourKey: () => "",
    checks: [
      same("hostname", "hostname"),
      same("os_version", "version"),
      {
        field: "serial",
        expected: (record) => (Array.isArray(record.serial) ? record.serial[0] : undefined),
        ours: (row) => row.serial,
      },
      {
        field: "model",
        expected: (record) => (Array.isArray(record.hardware) ? record.hardware[0] : undefined),
        ours: (row) => row.model,
      },
      {
        field: "image",
        expected: (record) => present(text(record.running_image)),
        ours: (row) => text(row.image).replace(/^[a-z0-9-]+:/, ""),
      },
    ],
  },
  "show ip route summary": {
    parser: "ios.route-summary",
    rows: (data) => data.routing_table?.rows ?? [],
    key: () => "",
    ourKey: () => "",
    checks: [],
  },
  "show inventory": {
    parser: "ios.inventory",
    rows: (data) => (data.device_info ? [{ ...data.device_info }] : []),
    key: () => "",
    ourKey: () => "",
    checks: [],
  },
  "show processes cpu": {
    parser: "ios.cpu",
    rows: (data) => (data.cpu ? [{ ...data.cpu }] : []),
    key: () => "",
    ourKey: () => "",
    checks: [
      same("busy_pct", "cpu_usage_5_sec"),
      same("busy_1m_pct", "cpu_usage_1_min"),
      same("busy_5m_pct", "cpu_usage_5_min"),
    ],
  },
  "show environment temperature": {
    parser: "ios.environment",
    rows: (data) => data.env?.temps?.map((row) => ({ ...row })) ?? [],
    key: () => "",
    ourKey: () => "",
    checks: [],
  },
  "show environment power all": {
    parser: "ios.environment",
    rows: (data) => data.env?.psus?.map((row) => ({ ...row })) ?? [],
    key: (record) => text(record.ps_module),
    ourKey: (row) => text(row.id),
    checks: [],
  },
  "show interface transceiver": {
    parser: "ios.transceiver",
    rows: (data) => data.optics?.rows ?? [],
    key: () => "",
    ourKey: () => "",
    checks: [],
  },
  "show logging": {
    parser: "ios.logging",
    rows: (data) => data.log?.entries.map((row) => ({ ...row })) ?? [],
    key: () => "",
    ourKey: () => "",
    checks: [],
  },
};
