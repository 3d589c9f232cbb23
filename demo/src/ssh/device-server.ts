import type { Duplex } from "node:stream";
import type { Connection, ServerChannel, Session } from "ssh2";
import ssh2 from "ssh2";
import { CliSession } from "../cli/cli-session.ts";
import { commandTree } from "../cli/command-tree.ts";
import type { SessionState, VtyLine } from "../cli/session-state.ts";
import type { DeviceSpec } from "../world/topology.ts";
import type { World } from "../world/world.ts";
import { channelWriter } from "./channel-writer.ts";
import { duplexPair } from "./duplex-pair.ts";
import type { HostKey } from "./host-key.ts";

/** Lines a device has, as `line vty 0 15`. */
const VTY_COUNT = 16;
/** What a channel without a PTY gets: the size IOS assumes. */
const DEFAULT_ROWS = 24;
const DEFAULT_COLUMNS = 80;

const BANNER = [
  "",
  "Rackside demo lab: a simulated device. Everything on it is made up.",
  "You are privileged at once; after `disable`, the enable secret is: demo",
  "",
  "",
].join("\r\n");

type Size = { rows: number; columns: number };

/** One simulated device as an SSH server that is reached through streams, never through a port [S42]. */
export class DeviceServer {
  readonly #world: World;
  readonly #device: DeviceSpec;
  readonly #tree;
  readonly #server: ssh2.Server;
  readonly #pace: number;
  readonly #lines: VtyLine[] = [];
  readonly #connections = new Set<Connection>();
  readonly #socks = new Set<Duplex>();

  constructor(world: World, device: DeviceSpec, hostKey: HostKey, pace: number) {
    this.#world = world;
    this.#device = device;
    this.#pace = pace;
    this.#tree = commandTree(device);
    this.#server = new ssh2.Server({ hostKeys: [hostKey.privateKey], ident: "Cisco-1.25", banner: BANNER }, (client) =>
      this.#accept(client),
    );
  }

  /** A new connection to the device: the client's end of it. */
  connect(): Duplex {
    const [near, far] = duplexPair();
    this.#socks.add(far);
    far.once("close", () => this.#socks.delete(far));
    far.on("error", () => far.destroy());
    // ssh2 takes any duplex stream here; its types name a socket only.
    this.#server.injectSocket(far as Parameters<ssh2.Server["injectSocket"]>[0]);
    return near;
  }

  /** Ends every connection. */
  close(): void {
    for (const connection of this.#connections) connection.end();
    for (const sock of this.#socks) sock.destroy();
  }

  #accept(client: Connection): void {
    let user = "";
    let hasSession = false;
    this.#connections.add(client);
    client.once("close", () => this.#connections.delete(client));
    // A client that breaks off or speaks nonsense ends its own connection only.
    client.on("error", () => client.end());
    client.on("authentication", (attempt) => {
      user = attempt.username;
      if (attempt.method === "none" || attempt.method === "password") attempt.accept();
      else attempt.reject(["none", "password"]);
    });
    // Forwarding, agents, X11 and subsystems have no listener: the library refuses them.
    client.on("session", (accept, reject) => {
      if (hasSession) {
        reject();
        return;
      }
      hasSession = true;
      this.#serve(client, accept(), () => user);
    });
  }

  #serve(client: Connection, session: Session, user: () => string): void {
    const size: Size = { rows: DEFAULT_ROWS, columns: DEFAULT_COLUMNS };
    let cli: CliSession | undefined;
    let isStarted = false;
    session.on("error", () => client.end());
    session.on("pty", (accept, _reject, info) => {
      size.rows = info.rows > 0 ? info.rows : DEFAULT_ROWS;
      size.columns = info.cols > 0 ? info.cols : DEFAULT_COLUMNS;
      accept?.();
    });
    session.on("window-change", (accept, _reject, info) => {
      accept?.();
      cli?.resize(info.cols, info.rows);
    });
    session.on("signal", (accept, _reject, info) => {
      accept?.();
      if (info.name === "INT") cli?.interrupt();
      else if (info.name === "HUP" || info.name === "TERM" || info.name === "KILL") client.end();
    });
    session.on("shell", (accept, reject) => {
      if (isStarted) {
        reject();
        return;
      }
      isStarted = true;
      const channel = accept();
      cli = this.#start(client, channel, user(), size, (started) => started.runShell());
    });
    session.on("exec", (accept, reject, info) => {
      if (isStarted) {
        reject();
        return;
      }
      isStarted = true;
      const channel = accept();
      cli = this.#start(client, channel, user(), size, (started) => started.runOnce(info.command));
    });
  }

  #start(
    client: Connection,
    channel: ServerChannel,
    user: string,
    size: Size,
    run: (cli: CliSession) => Promise<void>,
  ): CliSession | undefined {
    const vty = this.#takeLine(user);
    if (vty === undefined) {
      channel.end("% All lines are in use\r\n");
      channel.once("close", () => client.end());
      return undefined;
    }
    const state: SessionState = {
      mode: { name: "exec" },
      vty,
      length: size.rows,
      width: size.columns,
      monitor: false,
      isOver: false,
    };
    const cli = new CliSession({
      world: this.#world,
      device: this.#device,
      tree: this.#tree,
      state,
      lines: () => this.#lines,
      write: channelWriter(channel),
      wait: (ms, signal) => pause(ms * this.#pace, signal),
    });
    const release = () => {
      cli.close();
      const index = this.#lines.indexOf(vty);
      if (index !== -1) this.#lines.splice(index, 1);
    };
    channel.on("data", (bytes: Buffer) => cli.push(bytes));
    channel.on("error", release);
    channel.once("close", release);
    client.once("close", release);
    const leave = () => {
      release();
      // As an IOS box does, the connection ends with its one channel, after the last byte went out.
      channel.once("close", () => client.end());
      channel.exit(0);
      channel.end();
    };
    run(cli).then(leave, leave);
    return cli;
  }

  #takeLine(user: string): VtyLine | undefined {
    for (let number = 0; number < VTY_COUNT; number += 1) {
      if (this.#lines.some((line) => line.number === number)) continue;
      const line = { number, user, since: this.#world.now(), lastInput: this.#world.now() };
      this.#lines.push(line);
      this.#lines.sort((left, right) => left.number - right.number);
      return line;
    }
    return undefined;
  }
}

/** Waits, or rejects with the signal's reason. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
