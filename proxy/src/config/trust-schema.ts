/** Configuration of who is believed about a client's address and user, and of the audit log [S13] [S14] [S93]. */
import * as v from "valibot";
import { parseCidr } from "../policy/address.ts";

const HEADER = v.pipe(
  v.string("must be text"),
  v.toLowerCase(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be the name of a header"),
);
const NAME = v.pipe(
  v.string("must be text"),
  v.regex(/^[^\p{Cc}\p{Cf}]{1,128}$/u, "must be 1 to 128 characters, none of them a control character"),
);

/** Peers whose forwarded address, and identity where that is on, is believed. */
export const TrustedProxies = v.array(
  v.pipe(
    v.string("must be text"),
    v.check((text) => parseCidr(text) !== undefined, "must be an address or a network such as 192.0.2.0/24"),
  ),
  "must be a list of addresses",
);

export const IdentityConfig = v.strictObject(
  {
    user_header: v.optional(HEADER, "x-forwarded-user"),
    groups_header: v.optional(HEADER),
    /** Groups whose members have the administrator role. */
    administrators: v.optional(v.array(NAME, "must be a list of groups"), []),
    /** Header that carries the shared secret, and the file that holds it: 16 characters at least. */
    secret_header: v.optional(HEADER, "x-rackside-secret"),
    secret_file: v.optional(v.pipe(v.string("must be text"), v.minLength(1, "must not be empty"))),
  },
  "must be an object",
);
export type IdentityConfig = v.InferOutput<typeof IdentityConfig>;

export const AuditConfig = v.strictObject(
  {
    /** Whether no session may be opened while the audit log cannot be written [S94]. */
    required: v.optional(v.boolean("must be true or false"), false),
    max_mb: v.optional(v.pipe(v.number("must be a number"), v.minValue(1), v.maxValue(10_000)), 10),
    keep: v.optional(v.pipe(v.number("must be a number"), v.integer(), v.minValue(1), v.maxValue(999)), 10),
    stdout: v.optional(v.boolean("must be true or false"), false),
  },
  "must be an object",
);
