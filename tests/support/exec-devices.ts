import type { PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { ExecAnswer, ExecDevice } from "./telemetry-devices.ts";
import { TelemetryDriver } from "./telemetry-driver.ts";
import { fixtures } from "./telemetry-fixtures.ts";

/** Answers of a platform by command, as the fixtures have them. */
const byCommand = (platform: string): ReadonlyMap<string, string> =>
  new Map(
    fixtures()
      .filter(({ meta, name }) => meta.platform === platform && /\/(?:ordinary|several|empty)$/.test(name))
      .map(({ meta, text }) => [meta.command, text]),
  );
export const FRR_ANSWERS = byCommand("frr");
export const LINUX_ANSWERS = byCommand("linux");
const PANELS: PanelId[] = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "traffic",
  "neighbors",
  "routing_table",
  "bgp",
  "ospf",
  "arp",
  "mac",
  "users",
];

/** A login whose shell is vtysh. */
export const vtysh: ExecDevice = (command) => {
  const stdout = FRR_ANSWERS.get(command);
  return stdout === undefined ? { stdout: `% Unknown command: ${command}\n`, code: 1 } : { stdout };
};

/** A Linux login; what `more` answers goes before the fixtures, for instance vtysh. */
export function linux(more: (command: string) => ExecAnswer | undefined = () => undefined): ExecDevice {
  return (command) => {
    const answer = more(command);
    if (answer) return answer;
    if (command.startsWith("uname -srm; cat /etc/os-release; command -v"))
      return {
        stdout: `${LINUX_ANSWERS.get("uname -srm; hostname; cat /etc/os-release /proc/uptime")?.replace(/^h1\n/m, "") ?? ""}/usr/bin/vtysh\n`,
      };
    const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? "";
    const stdout = LINUX_ANSWERS.get(inner);
    return stdout === undefined
      ? { stderr: `sh: 1: ${inner.split(" ")[0] ?? ""}: not found\n`, code: 127 }
      : { stdout };
  };
}

/** A collector on such a login that shows these panels; the channel is still to be opened. */
export function execSession(exec: ExecDevice, panels: PanelId[] = PANELS): TelemetryDriver {
  const driver = new TelemetryDriver({ exec });
  driver.send({ type: "subscribe", panels, at: driver.now });
  return driver;
}
