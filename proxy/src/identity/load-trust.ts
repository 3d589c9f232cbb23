/** Whom the proxy believes, from the configuration; what would believe too much stops the start [S13]. */
import { readFile } from "node:fs/promises";
import type { ConfigValues } from "../config/config-schema.ts";
import { type Cidr, parseAddress, parseCidr } from "../policy/address.ts";
import { deniedClass } from "../policy/address-class.ts";
import { sha256 } from "../random.ts";
import { StartupError } from "../startup-error.ts";
import type { HeaderTrust } from "./trusted-headers.ts";

const SECRET_MIN_CHARS = 16;

/** Throws StartupError for a secret that is missing, unreadable or short. */
export async function loadTrust(values: ConfigValues): Promise<HeaderTrust> {
  const { identity, trusted_proxies, host = "127.0.0.1" } = values;
  const proxies = trusted_proxies.flatMap((text): Cidr | Cidr[] => parseCidr(text) ?? []);
  if (identity === undefined) return { proxies };
  if (proxies.length === 0) {
    throw new StartupError(
      `identity: needs "trusted_proxies", the addresses of the reverse proxy that sets the header`,
    );
  }
  if (identity.secret_file === undefined && !isLoopback(host)) {
    throw new StartupError(
      `identity: on ${host} it needs "secret_file", a secret that the reverse proxy sends along: without it, whoever ` +
        `reaches this address from a trusted network could name any user`,
    );
  }
  if (identity.administrators.length > 0 && identity.groups_header === undefined) {
    throw new StartupError(`identity.administrators: needs "groups_header", the header that lists a user's groups`);
  }
  const secret = identity.secret_file === undefined ? undefined : await readSecret(identity.secret_file);
  return {
    proxies,
    identity: {
      userHeader: identity.user_header,
      groupsHeader: identity.groups_header,
      administrators: identity.administrators,
      secretHeader: identity.secret_header,
      secretHash: secret === undefined ? undefined : sha256(secret),
    },
  };
}

function isLoopback(host: string): boolean {
  const address = parseAddress(host);
  return host === "localhost" || (address !== undefined && deniedClass(address, []) === "loopback");
}

async function readSecret(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new StartupError(`identity.secret_file: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  });
  const secret = text.trim();
  if (secret.length >= SECRET_MIN_CHARS) return secret;
  throw new StartupError(`identity.secret_file: ${path} holds fewer than ${SECRET_MIN_CHARS} characters`);
}
