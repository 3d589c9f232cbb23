import type { ShowContext } from "./text.ts";
import { logStamp } from "./text.ts";

/** Size of the log buffer: older lines fall out. */
const BUFFER_B = 8192;

/** One log line as the buffer and the monitor print it. */
export function logText(line: { at: number; text: string }): string {
  return `${logStamp(line.at)}: ${line.text}`;
}

/** `show logging` */
export function showLogging({ world, device, at }: ShowContext): string[] {
  const past = (world.signals(at).logs.get(device.id) ?? []).filter((line) => line.at <= at);
  const kept: string[] = [];
  let size = 0;
  for (const line of past.toReversed()) {
    const text = logText(line);
    size += text.length + 2;
    if (size > BUFFER_B) break;
    kept.unshift(text);
  }
  return [
    "Syslog logging: enabled (0 messages dropped, 3 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)",
    "",
    "No Active Message Discriminator.",
    "",
    "",
    "",
    "No Inactive Message Discriminator.",
    "",
    "",
    "    Console logging: disabled",
    "    Monitor logging: level debugging, 0 messages logged, xml disabled,",
    "                     filtering disabled",
    `    Buffer logging:  level debugging, ${past.length} messages logged, xml disabled,`,
    "                    filtering disabled",
    "    Exception Logging: size (8192 bytes)",
    "    Count and timestamp logging messages: disabled",
    "    Persistent logging: disabled",
    "",
    "No active filter modules.",
    "",
    `    Trap logging: level informational, ${past.length} message lines logged`,
    "        Logging Source-Interface:       VRF Name:",
    "",
    `Log Buffer (${BUFFER_B} bytes):`,
    "",
    ...kept,
  ];
}
