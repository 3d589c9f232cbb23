import { parseArgs } from "node:util";
import { StartupError } from "../startup-error.ts";

const TLS_ACTIONS = ["show", "enroll", "new-ca"] as const;
export type TlsAction = (typeof TLS_ACTIONS)[number];

/** Commands, with what each must name; undefined: nothing. */
const COMMANDS = {
  start: undefined,
  pair: undefined,
  tls: undefined,
  clients: undefined,
  revoke: "a label or id; see rackside clients",
  disable: "a user",
  enable: "a user",
  "allow-changes": undefined,
} as const;
type Command = keyof typeof COMMANDS;

export type CliArgs = {
  command: Command | "help" | "version";
  /** The client or user that a command is about. */
  operand?: string | undefined;
  /** Of the command `revoke`: its sessions end too. */
  endSessions?: boolean | undefined;
  /** Of the command `tls`. */
  action?: TlsAction | undefined;
  json: boolean;
  /** As typed; validated with the rest of the configuration. */
  host?: string | undefined;
  port?: string | undefined;
  dataDir?: string | undefined;
  config?: string | undefined;
  demo?: boolean | undefined;
  lan?: boolean | undefined;
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
};

export const HELP = `Usage: rackside [start] [options]     start the proxy
       rackside pair [options]        print a new pairing link for a running or later proxy
       rackside clients               list the paired clients
       rackside revoke LABEL|ID       revoke one at once; with --end-sessions its sessions end too
       rackside disable USER          revoke all clients of a user, end the sessions, and let none in again
       rackside enable USER           let the user pair again
       rackside allow-changes         for 5 minutes, let paired clients change the target policy
       rackside tls show              certificates: names, fingerprints, expiry
       rackside tls enroll            for 10 minutes, give tablets the local CA's certificate, with instructions
       rackside tls new-ca            replace the local CA; every tablet has to trust the new one

Options
  --port N         port to listen on; 0 lets the system choose (default 7022)
  --lan            serve other machines over TLS, with a certificate made for this machine's names and addresses
  --host ADDRESS   address to listen on (default 127.0.0.1; with --lan every address)
  --tls-cert FILE  your own certificate with its chain, PEM
  --tls-key FILE   its private key, PEM
  --data-dir DIR   folder for paired clients, device lists and host keys
  --config FILE    configuration file (default: config.json in the data folder, if there is one)
  --no-demo        start without the simulated devices
  --json           print one JSON line {url, pair_url, demo} when ready, and nothing else
  --help           this text
  --version        the version of this proxy

Every option is also a key of the configuration file and an environment variable: see docs/configuration.md.
`;

/** Options that need a value, and what it is. */
const VALUE_NAMES: Readonly<Record<string, string>> = {
  port: "N",
  host: "ADDRESS",
  "data-dir": "DIR",
  config: "FILE",
  "tls-cert": "FILE",
  "tls-key": "FILE",
};

/** Reads the command line; throws StartupError naming the flag. */
export function readArgs(argv: readonly string[]): CliArgs {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    throw new StartupError(`${complaint(error)}. See rackside --help.`);
  }
  const { values, positionals } = parsed;
  const [command = "start", ...more] = positionals;
  if (values.help === true) return { command: "help", json: false };
  if (values.version === true) return { command: "version", json: false };
  if (!isCommand(command)) throw unknownCommand(command);
  const needs = COMMANDS[command];
  const [word, extra] = command === "tls" || needs !== undefined ? more : [undefined, ...more];
  if (extra !== undefined) throw unknownCommand(extra);
  if (needs !== undefined && word === undefined) {
    throw new StartupError(`"rackside ${command}" needs ${needs}. See rackside --help.`);
  }
  if (values["end-sessions"] === true && command !== "revoke") {
    throw new StartupError(`--end-sessions is for "rackside revoke" alone. See rackside --help.`);
  }
  return {
    command,
    action: command === "tls" ? tlsAction(word) : undefined,
    operand: needs === undefined ? undefined : word,
    endSessions: values["end-sessions"],
    json: values.json === true,
    host: values.host,
    port: values.port,
    dataDir: values["data-dir"],
    config: values.config,
    demo: values["no-demo"] === true ? false : values.demo,
    lan: values.lan,
    tlsCert: values["tls-cert"],
    tlsKey: values["tls-key"],
  };
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}

function unknownCommand(word: string): StartupError {
  const known = Object.keys(COMMANDS).map((one) => `"${one}"`);
  return new StartupError(
    `unknown command "${word}": it is ${known.slice(0, -1).join(", ")} or ${known.at(-1)}. See rackside --help.`,
  );
}

function tlsAction(word: string | undefined): TlsAction {
  const action = TLS_ACTIONS.find((one) => one === word);
  if (action === undefined) {
    throw new StartupError(
      `"rackside tls" needs "show", "enroll" or "new-ca"${word === undefined ? "" : `, not "${word}"`}. See rackside --help.`,
    );
  }
  return action;
}

/** What is wrong with the command line, in this program's own words; the library's codes are part of its interface. */
function complaint(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const flag = /'(?:-\w, )?(-[^\s'<]+)/.exec(message)?.[1] ?? "an option";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `unknown option ${flag}`;
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return `the command line cannot be read at ${flag}`;
  return flag.slice(2) in VALUE_NAMES ? `${flag} needs a value: ${example(flag)}` : `${flag} takes no value`;
}

/** A value that begins with a dash is taken for the next option, so it is written behind "=". */
function example(flag: string): string {
  return `${flag} ${VALUE_NAMES[flag.slice(2)]}, or ${flag}=${VALUE_NAMES[flag.slice(2)]} for one that begins with a dash`;
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: true,
    options: {
      port: { type: "string" },
      host: { type: "string" },
      "data-dir": { type: "string" },
      config: { type: "string" },
      lan: { type: "boolean" },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      demo: { type: "boolean" },
      "no-demo": { type: "boolean" },
      "end-sessions": { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
    },
  });
}
