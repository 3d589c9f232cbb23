/**
 * The one door to ssh2. `require` and not `import`: a bundle hoists imports of external packages above its own code, and
 * then the patches would come too late.
 */
import "./window-patch.ts";
import { createRequire } from "node:module";
import type * as Ssh2 from "ssh2";

const ssh2 = createRequire(import.meta.url)("ssh2") as typeof Ssh2;

export const { BaseAgent, Client, OpenSSHAgent, utils } = ssh2;
