/** Packets that leave this network namespace, counted by the kernel where every one of them passes. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Tools } from "./find-tools.ts";

const run = promisify(execFile);

type Rule = { rule?: { comment?: string; expr?: { counter?: { packets: number } }[] } };
export type Packets = { all: number; toSelf: number };

const LISTENING = "0A";

/** Connections that are open now, by their ports: the test's own, which go on and end as they like. */
async function openConnections(): Promise<{ from: number; to: number }[]> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
  const port = (address = "") => Number.parseInt(address.split(":")[1] ?? "", 16);
  return tables
    .flatMap((table) => table.trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state !== LISTENING)
    .map(([, local, remote]) => ({ from: port(local), to: port(remote) }));
}

export class PacketCount {
  readonly #nft: string;

  private constructor(nft: string) {
    this.#nft = nft;
  }

  /**
   * Gives the namespace an address of each family and a way out that swallows everything, so that nothing fails for want of
   * a route, and counts from then on what belongs to no connection that was open before. For a namespace of the caller's own: this process must live in one.
   */
  static async start(tools: Tools): Promise<PacketCount> {
    const ip = (text: string) => run(tools.path("ip"), text.split(" "));
    await ip("link add out type veth peer name sink");
    await ip("link set out up");
    await ip("link set sink up");
    await ip("addr add 198.18.0.1/24 dev out");
    await ip("-6 addr add fd00:5::1/64 dev out nodad");
    await ip("route add default dev out");
    await ip("-6 route add default dev out");
    const nft = tools.path("nft");
    const own = (await openConnections()).map(({ from, to }) => `tcp sport ${from} tcp dport ${to} accept`);
    // The kernel's own word with its neighbours comes without anybody's asking.
    const rules = [
      ...own,
      "meta l4proto ipv6-icmp accept",
      'oifname "lo" counter comment "self"',
      'counter comment "all"',
    ];
    const chain = `type filter hook output priority 0; ${rules.join("\n")}\n`;
    await run(nft, [`table inet count {\nchain out {\n${chain}}\n}\n`]);
    return new PacketCount(nft);
  }

  async read(): Promise<Packets> {
    const { stdout } = await run(this.#nft, ["-j", "list", "table", "inet", "count"]);
    const { nftables } = JSON.parse(stdout) as { nftables: Rule[] };
    const of = (name: string) => {
      const counters = nftables.find(({ rule }) => rule?.comment === name)?.rule?.expr ?? [];
      const found = counters.find(({ counter }) => counter !== undefined)?.counter;
      if (found === undefined) throw new Error(`no counter ${name}`);
      return found.packets;
    };
    return { all: of("all"), toSelf: of("self") };
  }
}
