/**
 * Where the proxy listens. On loopback its address says `localhost`, which browsers resolve to 127.0.0.1 or to ::1, so both
 * are taken: otherwise another program of this machine could answer in the proxy's name [S17] [S18].
 */
import type { AddressInfo, Server } from "node:net";
import { StartupError } from "../startup-error.ts";

const IPV4 = "127.0.0.1";
const IPV6 = "::1";
/** Every address of the machine, by IPv6 sockets that take IPv4 too, and where there is no IPv6. */
const EVERY_IPV6 = "::";
const EVERY_IPV4 = "0.0.0.0";

/** A free port of one loopback address may be taken on the other: then another one is asked for, this often. */
const FREE_PORT_TRIES = 16;

/** Errors that say that this machine has no such address; then nobody else can answer there either. */
const NO_ADDRESS: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT", "EINVAL"]);

/**
 * Makes `server` listen on `host`. Where that is what `localhost` may mean, `second`, a server with the same handlers,
 * listens on the other loopback address and the same port; 0 asks for a port that is free on both. Throws StartupError.
 */
export async function listenOn(server: Server, second: Server, host: string, port: number): Promise<void> {
  const first = host === "localhost" ? IPV4 : host;
  for (let tries = FREE_PORT_TRIES; ; tries--) {
    const taken = await listenOrElse(server, first, port);
    if (taken !== undefined) throw refused(first, port, taken);
    // Any other address stands in the proxy's own address literally, and nothing else can be meant by it.
    if (first !== IPV4) return;
    const chosen = (server.address() as AddressInfo).port;
    const problem = await listen(second, IPV6, chosen);
    if (problem === undefined || NO_ADDRESS.has(problem.code ?? "")) return;
    await closed(server);
    if (port !== 0 || problem.code !== "EADDRINUSE" || tries <= 1) throw refused(IPV6, chosen, problem);
  }
}

/** Listens; on every address where `host` says so, whether the machine has IPv6 or not. */
export async function listenOrElse(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  const problem = await listen(server, host, port);
  if (host !== EVERY_IPV6 || problem === undefined || !NO_ADDRESS.has(problem.code ?? "")) return problem;
  return listen(server, EVERY_IPV4, port);
}

function listen(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once("error", failed);
    const ipv6Only = host.includes(":") && host !== EVERY_IPV6;
    server.listen({ host, port, ipv6Only }, () => {
      server.off("error", failed);
      resolve(undefined);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function refused(host: string, port: number, error: NodeJS.ErrnoException): StartupError {
  if (NO_ADDRESS.has(error.code ?? "")) return new StartupError(`--host: ${host} is no address of this machine`);
  const why =
    error.code === "EADDRINUSE"
      ? "another program uses it"
      : error.code === "EACCES"
        ? "ports below 1024 need more rights than this user has"
        : (error.code ?? error.message);
  return new StartupError(`--port: cannot listen on ${host} port ${port}: ${why}. Choose another with --port.`);
}
