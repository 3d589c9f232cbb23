/**
 * Lets ssh2 accept packets as large as OpenSSH accepts them. While a terminal's echo is off, OpenSSH answers input with an
 * SSH_MSG_IGNORE of the same size, in one packet for all that it read at once; ssh2 takes more than 35,000 bytes for a fault
 * and the session is gone. RFC 4253 section 6.1 wants 35,000 accepted at least, and more where it can be. In clear text, where
 * nobody has proved who he is, it stays at that.
 * Must be evaluated before ssh2 is loaded: its limit is a constant of that module, with no option for it. Side effect only.
 */
import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { dirname } from "node:path";

/** OpenSSH's own limit (packet.c); a device can have us hold one such packet, for a moment twice, for each connection. */
export const SSH_PACKET_MAX_BYTES = 256 * 1024;

const LIMIT = "MAX_PACKET_SIZE";
/** Where the deciphers begin that have keys; the limit occurs once in each. */
const KEYED = "class ChaChaPolyDecipherNative {";
const DECIPHERS = 6;
const MARK = Symbol.for("rackside.ssh2.packet-patch");

type LibraryModule = Module & {
  /** What `require` does with a file's text; Node's types leave it out. */
  _compile(source: string, filename: string): void;
};
type ModuleClass = {
  new (filename: string): LibraryModule;
  /** Folders in which a file of that folder finds packages; Node's types leave it out. */
  _nodeModulePaths(folder: string): string[];
};

const require = createRequire(import.meta.url);

/** Puts the module, with the other limit, where ssh2's `require` finds it. */
function patch(): void {
  const filename = require.resolve("ssh2/lib/protocol/crypto.js");
  const loaded = require.cache[filename];
  if (loaded !== undefined) {
    if ((loaded.exports as { [MARK]?: true })[MARK] === true) return;
    throw new Error("proxy/ssh/packet-patch must be loaded before ssh2");
  }
  const [clear, keyed, ...more] = readFileSync(filename, "utf8").split(KEYED);
  const parts = keyed?.split(LIMIT) ?? [];
  if (more.length > 0 || parts.length !== DECIPHERS + 1) {
    throw new Error(
      "ssh2's crypto module is not the one this patch was written for; see tests/contract/ssh2-internals",
    );
  }
  const NodeModule = Module as unknown as ModuleClass;
  const module = new NodeModule(filename);
  module.filename = filename;
  module.paths = NodeModule._nodeModulePaths(dirname(filename));
  module._compile(`${clear}${KEYED}${parts.join(String(SSH_PACKET_MAX_BYTES))}`, filename);
  module.loaded = true;
  (module.exports as { [MARK]?: true })[MARK] = true;
  require.cache[filename] = module;
}

patch();
