import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTools } from "#support/find-tools.ts";
import { startSshd, type TestSshServer } from "#support/sshd.ts";
import type { BenchContext } from "../figure.ts";
import { ROUTES, routeTable } from "../route-text.ts";

/** A real OpenSSH server whose login answers as FRRouting's vtysh does, with a full table. */
export type RouteBox = { server: TestSshServer; close(): Promise<void> };

const SUMMARY = JSON.stringify({
  routes: [{ fib: ROUTES, rib: ROUTES, fibOffLoaded: 0, fibTrapped: 0, type: "ebgp" }],
  routesTotal: ROUTES,
  routesTotalFib: ROUTES,
});

/** The login's shell: one command with `-c`, else a prompt. */
const script = (table: string): string => `#!/bin/bash
answer() {
  case "$1" in
    "" | "terminal length 0" | "!"* | "show vrf" | "show ipv6 route vrf default") ;;
    "show version") echo "FRRouting 8.4.4 (bench-r1) on Linux(6.1)." ;;
    "show ip route summary json") echo '${SUMMARY}' ;;
    "show ip route vrf default") cat ${table} ;;
    *) echo "% Unknown command: $1"; return 1 ;;
  esac
}
if [ "$1" = "-c" ]; then
  answer "$2"
  exit $?
fi
while IFS= read -r -p "bench-r1# " line; do
  [ "$line" = "exit" ] && exit 0
  answer "$line"
done
`;

async function startBox(): Promise<RouteBox> {
  const tools = await requireTools("sshd", "ssh-keygen");
  if (!tools.ok) throw new Error(tools.reason);
  const folder = await mkdtemp(join(tmpdir(), "rackside-routes-"));
  // the logged-in user is another one
  await chmod(folder, 0o755);
  const [table, shell] = [join(folder, "routes.txt"), join(folder, "vtysh")];
  await writeFile(table, routeTable());
  await writeFile(shell, script(table), { mode: 0o755 });
  const server = await startSshd(tools, { shell });
  return {
    server,
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const routeBox = (context: BenchContext): Promise<RouteBox> => context.shared("route-box", startBox);
