import type { ArpRow } from "#telemetry/knowledge/panel-data.ts";
import { labExec, labVtysh } from "./lab.ts";

/** What a tool on r1 prints, asked without the app. */
export const read = async (...command: string[]): Promise<string> => (await labExec("r1", ...command)).stdout;
/** Lines with something in them. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
/** What the first group matched. */
export const word = (text: string, re: RegExp): string | undefined => re.exec(text)?.[1];
/** An answer of vtysh on r1 as JSON. */
export const json = async <T>(command: string): Promise<T> => JSON.parse(await labVtysh("r1", command)) as T;

/** Entries of `ip neigh` as text; a state may move between two looks. */
export const neighbours = async (): Promise<ArpRow[]> =>
  lines(await read("ip", "neigh", "show")).map((line) => {
    const mac = word(line, /lladdr (\S+)/);
    const state = word(line, / (REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|PERMANENT)\b/)?.toLowerCase();
    const port = word(line, / dev (\S+)/);
    return {
      vrf: "default",
      ip: line.split(" ")[0] ?? "",
      ...(mac && { mac }),
      ...(port && { if: port }),
      state,
    } as ArpRow;
  });

/** What lldpcli lists on r1 in its key=value form, in the fields of the panel. */
export async function lldpNeighbours() {
  const printed = lines(await read("lldpcli", "-f", "keyvalue", "show", "neighbors", "details"));
  return [...new Set(printed.map((line) => line.split(".")[1] ?? ""))].map((local_if) => {
    const all = (key: string) =>
      printed.flatMap((line) =>
        line.startsWith(`lldp.${local_if}.${key}=`) ? [line.slice(line.indexOf("=") + 1)] : [],
      );
    const caps = printed.flatMap(
      (line) => word(line, new RegExp(`^lldp\\.${local_if}\\.chassis\\.(\\w+)\\.enabled=on$`)) ?? [],
    );
    return {
      local_if,
      proto: "lldp",
      chassis_id: all("chassis.mac")[0],
      remote_name: all("chassis.name")[0],
      desc: all("chassis.descr")[0],
      remote_if: all("port.descr")[0],
      mgmt_ip: all("chassis.mgmt-ip").toSorted(),
      ttl_s: Number(all("port.ttl")[0]),
      caps: caps.map((cap) => cap.toLowerCase()).toSorted(),
    };
  });
}
