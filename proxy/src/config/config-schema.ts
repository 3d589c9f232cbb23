/** The configuration file: every key is optional; unknown keys are errors, so that a misspelt one is noticed. */
import * as v from "valibot";
import { DRAIN_DEFAULT_S, DRAIN_MAX_S } from "#protocol/limits.ts";
import { Limits } from "./limits-schema.ts";
import { DenyRule, Rule } from "./policy-schema.ts";
import { AuditConfig, IdentityConfig, TrustedProxies } from "./trust-schema.ts";

/** Port of the one listener: not taken by anything common, above 1024. */
export const DEFAULT_PORT = 7022;

export const Port = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be 0 to 65535"),
  v.maxValue(65_535, "must be 0 to 65535"),
);
const NAME = /^(https:\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/;

const PemFile = v.pipe(v.string("must be the name of a PEM file"), v.minLength(1, "must be the name of a PEM file"));

export const ConfigFile = v.strictObject({
  /** Absent: loopback, or every address of the machine with `lan`. */
  host: v.optional(v.string("must be text")),
  port: v.optional(Port, DEFAULT_PORT),
  /** Serves other machines, over TLS with a certificate of the local CA [S30]. */
  lan: v.optional(v.boolean("must be true or false"), false),
  /** A certificate of the site's own, instead of the local CA's [S31]. */
  tls: v.optional(v.strictObject({ cert: PemFile, key: PemFile }, "must be an object with cert and key")),
  data_dir: v.optional(v.pipe(v.string("must be text"), v.minLength(1, "must not be empty"))),
  demo: v.optional(v.boolean("must be true or false"), true),
  node: v.optional(
    v.pipe(v.string("must be text"), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be 1 to 32 of a-z, 0-9 and -")),
    "n1",
  ),
  serve_as: v.optional(
    v.array(
      v.pipe(
        v.string("must be text"),
        v.toLowerCase(),
        v.regex(NAME, 'must be a name or address, with ":port" if any, or an origin such as "https://name"'),
      ),
      "must be a list of names",
    ),
    [],
  ),
  allow: v.optional(v.array(Rule, "must be a list of rules"), []),
  deny: v.optional(v.array(DenyRule, "must be a list of rules"), []),
  /** Absent: true, or false where there are several users [S34]. */
  default_allow: v.optional(v.boolean("must be true or false")),
  host_keys: v.optional(
    v.strictObject(
      {
        /** False: only keys that are known beforehand [S45]. */
        first_use: v.optional(v.boolean("must be true or false"), true),
        /** Another known_hosts file, read and never written [S51]. */
        import: v.optional(v.pipe(v.string("must be the name of a file"), v.minLength(1, "must not be empty"))),
      },
      "must be an object",
    ),
    { first_use: true },
  ),
  /** The SSH agent of the proxy's host may be used, with the person's consent for each target [S60]. */
  agent: v.optional(
    v.strictObject(
      {
        enabled: v.optional(v.boolean("must be true or false"), false),
        /** Absent: SSH_AUTH_SOCK of the proxy's environment. */
        socket: v.optional(v.pipe(v.string("must be the name of a socket"), v.minLength(1, "must not be empty"))),
      },
      "must be an object",
    ),
    { enabled: false },
  ),
  drain_s: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(DRAIN_MAX_S, `must be at most ${DRAIN_MAX_S}`),
    ),
    DRAIN_DEFAULT_S,
  ),
  log: v.optional(
    v.strictObject(
      {
        level: v.optional(
          v.picklist(["debug", "info", "warn", "error"], 'must be "debug", "info", "warn" or "error"'),
          "info",
        ),
        file: v.optional(v.pipe(v.string("must be text"), v.minLength(1, "must not be empty"))),
      },
      "must be an object",
    ),
    {},
  ),
  limits: v.optional(Limits, {}),
  trusted_proxies: v.optional(TrustedProxies, []),
  identity: v.optional(IdentityConfig),
  audit: v.optional(AuditConfig, {}),
});
export type ConfigInput = v.InferInput<typeof ConfigFile>;
export type ConfigValues = v.InferOutput<typeof ConfigFile>;
