import type { PortView } from "../world/ports.ts";
import { portsAt, shortName } from "../world/ports.ts";
import type { DeviceSpec } from "../world/topology.ts";
import type { ShowContext } from "./text.ts";
import { age } from "./text.ts";

const GIGABIT_KBIT = 1_000_000;

function statusWords(port: PortView): [string, string] {
  if (!port.adminUp) return ["administratively down", "down"];
  return port.lineUp ? ["up", "up"] : ["down", "down"];
}

function loadOf(bps: number, kbit: number): number {
  return Math.min(255, Math.max(1, Math.round((bps / 1000 / kbit) * 255)));
}

function mediaLines(port: PortView, device: DeviceSpec): string[] {
  if (port.spec.kind === "loopback") return ["  Keepalive set (10 sec)"];
  if (port.spec.kind === "svi") return ["  Keepalive not supported ", "  ARP type: ARPA, ARP Timeout 04:00:00"];
  const medium = device.role === "switch" ? "media type is 10/100/1000BaseTX" : "media type is RJ45";
  const line = port.lineUp
    ? `  ${device.role === "switch" ? "Full-duplex, 1000Mb/s" : "Full Duplex, 1Gbps"}, ${medium}`
    : `  ${device.role === "switch" ? "Auto-duplex, Auto-speed" : "Auto Duplex, Auto Speed"}, ${medium}`;
  const flow =
    device.role === "switch"
      ? "  input flow-control is off, output flow-control is unsupported "
      : "  output flow-control is unsupported, input flow-control is unsupported";
  return ["  Keepalive set (10 sec)", line, flow, "  ARP type: ARPA, ARP Timeout 04:00:00"];
}

function hardware(port: PortView, device: DeviceSpec): string {
  if (port.spec.kind === "loopback") return "  Hardware is Loopback";
  const name =
    port.spec.kind === "svi" ? "EtherSVI" : device.role === "switch" ? "Gigabit Ethernet" : "CN Gigabit Ethernet";
  return `  Hardware is ${name}, address is ${port.spec.mac} (bia ${port.spec.mac})`;
}

/** One port as `show interfaces` prints it. */
export function interfaceBlock({ device, at }: ShowContext, port: PortView): string[] {
  const [status, protocol] = statusWords(port);
  const isSwitchPort = device.role === "switch" && port.spec.kind === "gigabit";
  const suffix = isSwitchPort
    ? port.lineUp
      ? " (connected) "
      : port.adminUp
        ? " (notconnect) "
        : " (disabled) "
    : " ";
  const kbit = port.spec.kind === "loopback" ? 8_000_000 : GIGABIT_KBIT;
  const mtu = port.spec.kind === "loopback" ? 1514 : 1500;
  const delay = port.spec.kind === "loopback" ? 5000 : 10;
  const last =
    port.lineUp && port.spec.inBps > 0 ? "00:00:00" : port.changedAt === undefined ? "never" : age(at - port.changedAt);
  const cleared = port.clearedAt === undefined ? "never" : age(at - port.clearedAt);
  const lines = [
    `${port.spec.name} is ${status}, line protocol is ${protocol}${suffix}`,
    hardware(port, device),
    ...(port.description === "" ? [] : [`  Description: ${port.description}`]),
    ...(port.spec.ip === undefined ? [] : [`  Internet address is ${port.spec.ip}/${port.spec.prefixLength}`]),
    `  MTU ${mtu} bytes, BW ${kbit} Kbit/sec, DLY ${delay} usec, `,
    `     reliability 255/255, txload ${loadOf(port.outBps, kbit)}/255, rxload ${loadOf(port.inBps, kbit)}/255`,
    `  Encapsulation ${port.spec.kind === "loopback" ? "LOOPBACK" : "ARPA"}, loopback not set`,
    ...mediaLines(port, device),
    `  Last input ${last}, output ${last}, output hang never`,
    `  Last clearing of "show interface" counters ${cleared}`,
    "  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0",
    "  Queueing strategy: fifo",
    `  Output queue: 0/${port.spec.kind === "loopback" ? 0 : 40} (size/max)`,
    `  5 minute input rate ${port.inBps} bits/sec, ${port.inPps} packets/sec`,
    `  5 minute output rate ${port.outBps} bits/sec, ${port.outPps} packets/sec`,
    `     ${port.inPackets} packets input, ${port.inBytes} bytes, 0 no buffer`,
    `     Received ${port.broadcasts} broadcasts (${Math.floor(port.broadcasts / 3)} ${isSwitchPort ? "multicasts" : "IP multicasts"})`,
    "     0 runts, 0 giants, 0 throttles ",
    `     ${port.inErrors} input errors, ${port.inErrors} CRC, 0 frame, 0 overrun, 0 ignored`,
  ];
  if (port.spec.kind === "gigabit")
    lines.push(`     0 watchdog, ${Math.floor(port.broadcasts / 2)} multicast, 0 pause input`);
  lines.push(
    `     ${port.outPackets} packets output, ${port.outBytes} bytes, 0 underruns`,
    `     0 output errors, 0 collisions, ${port.carrierTransitions} interface resets`,
    "     0 unknown protocol drops",
  );
  if (port.spec.kind === "gigabit") {
    lines.push(
      "     0 babbles, 0 late collision, 0 deferred",
      `     ${port.carrierTransitions} lost carrier, 0 no carrier, 0 pause output`,
    );
  }
  lines.push("     0 output buffer failures, 0 output buffers swapped out");
  return lines;
}

/** `show interfaces` or `show interfaces IF` */
export function showInterfaces(context: ShowContext, name?: string): string[] {
  return portsAt(context.world, context.device, context.at)
    .filter((port) => name === undefined || port.spec.name === name)
    .flatMap((port) => interfaceBlock(context, port));
}

/** `show interfaces description` */
export function showInterfacesDescription({ world, device, at }: ShowContext): string[] {
  const rows = portsAt(world, device, at).map((port) => {
    const [status, protocol] = statusWords(port);
    const word = port.adminUp ? status : "admin down";
    return `${shortName(port.spec.name).padEnd(30)} ${word.padEnd(14)} ${protocol.padEnd(8)} ${port.description}`;
  });
  return ["Interface                      Status         Protocol Description", ...rows];
}

/** `show interfaces status` (switches only) */
export function showInterfacesStatus({ world, device, at }: ShowContext): string[] {
  const rows = portsAt(world, device, at)
    .filter((port) => port.spec.kind === "gigabit")
    .map((port) => {
      const status = port.lineUp ? "connected" : port.adminUp ? "notconnect" : "disabled";
      const duplex = (port.lineUp ? "a-full" : "auto").padStart(6);
      const speed = (port.lineUp ? "a-1000" : "auto").padStart(6);
      return (
        `${shortName(port.spec.name).padEnd(9)} ${port.description.slice(0, 18).padEnd(18)} ${status.padEnd(12)} ` +
        `${(port.spec.vlan ?? "1").padEnd(10)} ${duplex} ${speed} 10/100/1000BaseTX`
      );
    });
  return ["", "Port      Name               Status       Vlan       Duplex  Speed Type", ...rows];
}

/** `show ip interface brief` */
export function showIpInterfaceBrief({ world, device, at }: ShowContext): string[] {
  const rows = portsAt(world, device, at).map((port) => {
    const [status, protocol] = statusWords(port);
    const method = port.spec.ip === undefined ? "unset" : "NVRAM";
    return (
      `${port.spec.name.padEnd(26)} ${(port.spec.ip ?? "unassigned").padEnd(15)} YES ${method.padEnd(6)} ` +
      `${status.padEnd(21)} ${protocol.padEnd(8)}`
    );
  });
  return ["Interface                  IP-Address      OK? Method Status                Protocol", ...rows];
}
