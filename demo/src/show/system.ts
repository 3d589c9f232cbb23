import { loadAt } from "../world/load.ts";
import { hash32, unit } from "../world/random.ts";
import type { ShowContext } from "./text.ts";
import { clockText, hostnameOf, uptimeText } from "./text.ts";

/** The software line that `show version`, CDP and LLDP all print. */
export function softwareLines(role: "router" | "switch"): string[] {
  const title =
    role === "switch"
      ? "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E9, RELEASE SOFTWARE (fc4)"
      : "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.7(3)M8, RELEASE SOFTWARE (fc1)";
  return [
    title,
    "Technical Support: http://www.cisco.com/techsupport",
    role === "switch"
      ? "Copyright (c) 1986-2023 by Cisco Systems, Inc."
      : "Copyright (c) 1986-2020 by Cisco Systems, Inc.",
    role === "switch" ? "Compiled Tue 31-Jan-23 21:35 by mcpre" : "Compiled Sat 01-Aug-20 10:20 by prod_rel_team",
  ];
}

/** `show version` */
export function showVersion(context: ShowContext): string[] {
  const { device, world, at } = context;
  const booted = world.bootedAt(device);
  const isSwitch = device.role === "switch";
  const image = isSwitch ? "flash:/c2960x-universalk9-mz.152-7.E9.bin" : "flash0:c2900-universalk9-mz.SPA.157-3.M8.bin";
  const head = [
    ...softwareLines(device.role),
    "",
    isSwitch
      ? "ROM: Bootstrap program is C2960X boot loader"
      : "ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)",
    "",
    `${hostnameOf(context)} uptime is ${uptimeText(at - booted)}`,
    "System returned to ROM by power-on",
    `System restarted at ${clockText(booted, false)}`,
    `System image file is "${image}"`,
    "Last reload type: Normal Reload",
    "",
    "This is a simulated device of the Rackside demo lab.",
    "",
  ];
  if (isSwitch) {
    return [
      ...head,
      `cisco ${device.model} (APM86XXX) processor (revision B0) with 524288K bytes of memory.`,
      `Processor board ID ${device.serial}`,
      "Last reset from power-on",
      "2 Virtual Ethernet interfaces",
      "24 Gigabit Ethernet interfaces",
      "The password-recovery mechanism is enabled.",
      "",
      "512K bytes of flash-simulated non-volatile configuration memory.",
      "Base ethernet MAC Address       : 52:54:00:33:01:00",
      `Model number                    : ${device.model}`,
      `System serial number            : ${device.serial}`,
      "Hardware Board Revision Number  : 0x18",
      "",
      "",
      "Switch Ports Model                     SW Version            SW Image                 ",
      "------ ----- -----                     ----------            ----------               ",
      `*    1 24    ${device.model.padEnd(25)} 15.2(7)E9             C2960X-UNIVERSALK9-M     `,
      "",
      "",
      "Configuration register is 0xF",
      "",
    ];
  }
  return [
    ...head,
    `Cisco ${device.model} (revision 1.0) with 983040K/65536K bytes of memory.`,
    `Processor board ID ${device.serial}`,
    `${device.interfaces.filter((port) => port.kind === "gigabit").length} Gigabit Ethernet interfaces`,
    "1 terminal line",
    "DRAM configuration is 64 bits wide with parity enabled.",
    "255K bytes of non-volatile configuration memory.",
    "250880K bytes of ATA System CompactFlash 0 (Read/Write)",
    "",
    "",
    "Configuration register is 0x2102",
    "",
  ];
}

/** `show inventory` */
export function showInventory({ device }: ShowContext): string[] {
  const entry = (name: string, description: string, pid: string, vid: string, serial: string) => [
    `NAME: "${name}", DESCR: "${description}"`,
    `PID: ${pid.padEnd(18)}, VID: ${vid.padEnd(4)}, SN: ${serial}`,
    "",
  ];
  if (device.role === "switch") return entry("1", device.model, device.model, "V05", device.serial);
  return [
    ...entry(
      `${device.model} chassis`,
      `${device.model} chassis, Hw Serial#: ${device.serial}, Hw Revision: 1.0`,
      device.model,
      "V06",
      device.serial,
    ),
    ...entry(
      "C2911 Mother board 3GE, integrated VPN and 4W on Slot 0",
      "C2911 Mother board 3GE, integrated VPN and 4W",
      device.model,
      "V06",
      `FOC${device.serial.slice(3)}`,
    ),
    ...entry("C2911 AC Power Supply", "C2911 AC Power Supply", "PWR-2911-AC", "V05", `QCS${device.serial.slice(3)}`),
  ];
}

/** `show clock` */
export function showClock({ at }: ShowContext): string[] {
  return [clockText(at, true)];
}

const PROCESSES = [
  "Chunk Manager",
  "Load Meter",
  "Connection Mgr",
  "Check heaps",
  "Pool Manager",
  "Timers",
  "IPC Dynamic Cach",
  "IPC Periodic Tim",
  "ARP Input",
  "Net Input",
  "Crash writer",
  "Net Background",
  "Logger",
  "TTY Background",
  "Per-Second Jobs",
  "SSH Process",
  "IP Input",
  "IP Background",
  "LLDP Protocol",
  "CDP Protocol",
  "OSPF-1 Router",
  "OSPF-1 Hello",
  "BGP Router",
  "BGP I/O",
  "BGP Scanner",
  "SNMP ENGINE",
  "IP SNMP",
  "IPAM Manager",
  "CEF process",
  "VTEMPLATE Backgr",
] as const;

/** `show processes cpu` */
export function showProcessesCpu({ world, device, at }: ShowContext): string[] {
  const load = loadAt(world, device, at);
  const upS = (at - world.bootedAt(device)) / 1000;
  const rows = PROCESSES.map((name, index) => {
    const share = unit(world.seed, device.id, name) ** 4;
    const invoked = Math.floor(upS * (0.02 + share * 4));
    const cost = 8 + (hash32(world.seed, device.id, name, "cost") % 900);
    const percent = (figure: number) => `${(share * figure * 0.4).toFixed(2)}%`.padStart(6);
    const runtime = String(Math.floor((invoked * cost) / 1000));
    return (
      `${String(index + 1).padStart(4)}${runtime.padStart(12)}${String(invoked).padStart(12)}${String(cost).padStart(11)} ` +
      `${percent(load.fiveSeconds)} ${percent(load.oneMinute)} ${percent(load.fiveMinutes)}   0 ${name.padEnd(17)}`
    );
  });
  return [
    `CPU utilization for five seconds: ${load.fiveSeconds}%/${load.interrupts}%; one minute: ${load.oneMinute}%; five minutes: ${load.fiveMinutes}%`,
    " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process ",
    ...rows,
  ];
}

/** `show memory statistics` */
export function showMemory({ world, device, at }: ShowContext): string[] {
  const load = loadAt(world, device, at);
  const row = (name: string, head: string, total: number, used: number) => {
    const free = total - used;
    const figures = [total, used, free, Math.floor(free * 0.93), Math.floor(free * 0.91)];
    return `${name.padStart(9)}  ${head.padStart(8)}${figures.map((figure) => String(figure).padStart(12)).join("")}`;
  };
  return [
    "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)",
    row("Processor", "2A6C2E60", load.memoryTotalB, load.memoryUsedB),
    row("I/O", "E000000", load.ioTotalB, load.ioUsedB),
  ];
}

/** `show environment all` */
export function showEnvironment({ world, device, at }: ShowContext): string[] {
  const load = loadAt(world, device, at);
  if (device.role === "switch") {
    return [
      "Switch 1 FAN 1 is OK",
      "Switch 1: SYSTEM TEMPERATURE is OK",
      `Inlet Temperature Value: ${load.inletC} Degree Celsius`,
      "Temperature State: GREEN",
      "Yellow Threshold : 46 Degree Celsius",
      "Red Threshold    : 56 Degree Celsius",
      "",
      `Hotspot Temperature Value: ${load.hotspotC} Degree Celsius`,
      "Temperature State: GREEN",
      "Yellow Threshold : 105 Degree Celsius",
      "Red Threshold    : 125 Degree Celsius",
      "SW  PID                 Serial#     Status           Sys Pwr  PoE Pwr  Watts",
      "--  ------------------  ----------  ---------------  -------  -------  -----",
      " 1  Built-in                                         Good",
      "",
    ];
  }
  return [
    "SYSTEM POWER SUPPLY STATUS",
    "==========================",
    " Internal Power Supply Type: AC",
    " Internal Power Supply 12V Output Status: Normal",
    " External Redundant Power Supply is absent or powered off",
    "",
    "SYSTEM FAN STATUS",
    "=================",
    " Fan 1 OK, Low speed setting",
    " Fan 2 OK, Low speed setting",
    " Fan 3 OK, Low speed setting",
    "",
    "SYSTEM TEMPERATURE STATUS",
    "=========================",
    ` Intake Left temperature: ${load.inletC} Celsius, Normal`,
    ` Intake Left(Bezel) temperature: ${load.inletC + 1} Celsius, Normal`,
    ` Exhaust Right temperature: ${load.inletC + 7} Celsius, Normal`,
    ` CPU temperature: ${load.hotspotC} Celsius, Normal`,
    "",
    "REAL TIME CLOCK BATTERY STATUS",
    "==============================",
    " Battery OK (checked at power up)",
    "",
    "SYSTEM POWER",
    "============",
    ` Motherboard Components Power consumption = ${(44 + load.fiveSeconds / 20).toFixed(1)} W`,
    ` Total System Power consumption is: ${(46 + load.fiveSeconds / 20).toFixed(1)} W`,
    "",
    "Environmental information last updated 00:00:11 ago",
  ];
}
