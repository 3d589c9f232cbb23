/**
 * Text as network equipment prints it, for throughput and parsing: `show interfaces` of a switch with many ports,
 * different in every number. The same arguments give the same text.
 */

/** Small linear congruential generator (Numerical Recipes' constants): the text must not differ from run to run. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

function macOf(port: number): string {
  const hex = (0x00_1a_2b_00_00 + port).toString(16).padStart(12, "0");
  return `${hex.slice(0, 4)}.${hex.slice(4, 8)}.${hex.slice(8)}`;
}

/** One section of `show interfaces`. 48 ports to a line card. */
function interfaceSection(index: number, next: (below: number) => number): string {
  const up = next(10) > 2;
  const state = up ? "up, line protocol is up (connected)" : "down, line protocol is down (notconnect)";
  const mac = macOf(index);
  const input = next(4_000_000_000);
  const output = next(4_000_000_000);
  return [
    `GigabitEthernet${1 + Math.floor(index / 48)}/0/${1 + (index % 48)} is ${state} `,
    `  Hardware is Gigabit Ethernet, address is ${mac} (bia ${mac})`,
    `  Description: access port ${index}, floor ${next(9)}, outlet ${next(900)}`,
    "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, ",
    `     reliability 255/255, txload ${1 + next(200)}/255, rxload ${1 + next(200)}/255`,
    "  Encapsulation ARPA, loopback not set",
    "  Keepalive set (10 sec)",
    "  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX",
    "  input flow-control is off, output flow-control is unsupported ",
    "  ARP type: ARPA, ARP Timeout 04:00:00",
    `  Last input 00:00:${String(next(60)).padStart(2, "0")}, output 00:00:${String(next(60)).padStart(2, "0")}, output hang never`,
    '  Last clearing of "show interface" counters never',
    `  Input queue: 0/75/${next(3)}/0 (size/max/drops/flushes); Total output drops: ${next(500)}`,
    "  Queueing strategy: fifo",
    "  Output queue: 0/40 (size/max)",
    `  5 minute input rate ${next(900_000_000)} bits/sec, ${next(90_000)} packets/sec`,
    `  5 minute output rate ${next(900_000_000)} bits/sec, ${next(90_000)} packets/sec`,
    `     ${input} packets input, ${input * 600} bytes, 0 no buffer`,
    `     Received ${next(1_000_000)} broadcasts (${next(900_000)} multicasts)`,
    "     0 runts, 0 giants, 0 throttles ",
    `     ${next(20)} input errors, ${next(20)} CRC, 0 frame, 0 overrun, 0 ignored`,
    `     0 watchdog, ${next(900_000)} multicast, 0 pause input`,
    "     0 input packets with dribble condition detected",
    `     ${output} packets output, ${output * 500} bytes, 0 underruns`,
    `     0 output errors, 0 collisions, ${next(4)} interface resets`,
    "     0 unknown protocol drops",
    "     0 babbles, 0 late collision, 0 deferred",
    "     0 lost carrier, 0 no carrier, 0 pause output",
    "     0 output buffer failures, 0 output buffers swapped out",
  ].join("\n");
}

/** At least so many bytes of whole sections; lines end with LF, as a file on a device's shell has them. */
export function showInterfacesText(bytes: number): string {
  const next = numbers(7);
  const sections: string[] = [];
  for (let size = 0; size < bytes; ) {
    const section = interfaceSection(sections.length, next);
    sections.push(section);
    size += section.length + 1;
  }
  return `${sections.join("\n")}\n`;
}
