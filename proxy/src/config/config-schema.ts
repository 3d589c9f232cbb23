/** The configuration file: every key is optional; unknown keys are errors, so that a misspelt one is noticed. */
import * as v from "valibot";
import {
  BYTES_HELD_PER_USER,
  BYTES_HELD_TOTAL,
  CONNECTING_PER_TARGET,
  CONNECTING_PER_USER,
  DIALS_PER_TARGET_PER_MIN,
  DIALS_PER_USER_PER_MIN,
  DRAIN_DEFAULT_S,
  DRAIN_MAX_S,
  LINKS_PER_CLIENT,
  LINKS_PER_USER,
  PAIRINGS_PER_ADDRESS_PER_MIN,
  PAIRINGS_PER_MIN,
  SESSIONS_PER_USER,
} from "#protocol/limits.ts";
import { parseCidr } from "../policy/address.ts";

/** Port of the one listener: not taken by anything common, above 1024. */
export const DEFAULT_PORT = 7022;
/** Upgrades per minute and burst, with and without a valid cookie (section 4 of the security design). */
const UPGRADES_PER_CLIENT_PER_MIN = 120;
const UPGRADES_UNKNOWN_PER_MIN = 30;

export const Port = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be 0 to 65535"),
  v.maxValue(65_535, "must be 0 to 65535"),
);
const CidrText = v.pipe(
  v.string("must be text"),
  v.check((text) => parseCidr(text) !== undefined, "must be an address or a network such as 192.0.2.0/24 or fd00::/8"),
);
const PORT_TEXT = 'must be a port (22) or a range of ports ("8000-8022")';
const TargetPort = v.union(
  [
    v.pipe(v.number(), v.integer(PORT_TEXT), v.minValue(1, PORT_TEXT), v.maxValue(65_535, PORT_TEXT)),
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,4}-[1-9]\d{0,4}$/, PORT_TEXT),
      v.check((text) => {
        const [from = 0, to = 0] = text.split("-").map(Number);
        return from <= to && to <= 65_535;
      }, PORT_TEXT),
    ),
  ],
  PORT_TEXT,
);
const Rule = v.strictObject({
  cidr: CidrText,
  ports: v.pipe(v.array(TargetPort, "must be a list of ports"), v.minLength(1, "must name at least one port")),
  label: v.optional(v.string("must be text")),
});
const count = (max: number, fallback: number) =>
  v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(max, `must be at most ${max}`),
    ),
    fallback,
  );
const NAME = /^(https:\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/;

const Limits = v.strictObject({
  sessions_per_user: count(1_000, SESSIONS_PER_USER),
  connecting_per_user: count(100, CONNECTING_PER_USER),
  connecting_per_target: count(100, CONNECTING_PER_TARGET),
  dials_per_user_per_min: count(10_000, DIALS_PER_USER_PER_MIN),
  dials_per_target_per_min: count(10_000, DIALS_PER_TARGET_PER_MIN),
  links_per_client: count(100, LINKS_PER_CLIENT),
  links_per_user: count(1_000, LINKS_PER_USER),
  bytes_held_per_user: count(Number.MAX_SAFE_INTEGER, BYTES_HELD_PER_USER),
  bytes_held_total: count(Number.MAX_SAFE_INTEGER, BYTES_HELD_TOTAL),
  pairings_per_min: count(10_000, PAIRINGS_PER_MIN),
  pairings_per_address_per_min: count(10_000, PAIRINGS_PER_ADDRESS_PER_MIN),
  upgrades_per_client_per_min: count(100_000, UPGRADES_PER_CLIENT_PER_MIN),
  upgrades_unknown_per_min: count(100_000, UPGRADES_UNKNOWN_PER_MIN),
});

export const ConfigFile = v.strictObject({
  host: v.optional(v.string("must be text"), "127.0.0.1"),
  port: v.optional(Port, DEFAULT_PORT),
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
  deny: v.optional(v.array(Rule, "must be a list of rules"), []),
  default_allow: v.optional(v.boolean("must be true or false"), true),
  host_keys: v.optional(
    v.strictObject({ first_use: v.optional(v.boolean("must be true or false"), true) }, "must be an object"),
    { first_use: true },
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
});
export type ConfigInput = v.InferInput<typeof ConfigFile>;
export type ConfigValues = v.InferOutput<typeof ConfigFile>;
export type LimitValues = ConfigValues["limits"];
