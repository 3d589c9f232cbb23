import * as v from "valibot";

/** base64url of 16 random bytes, as every id that must not be guessed. */
const RANDOM_128 = /^[A-Za-z0-9_-]{22}$/;

/** `<node>.<22 base64url random>`: the proxy's name of a session [section 1]. */
export const Sid = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}\.[A-Za-z0-9_-]{22}$/));
export const NodeId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));
export const ClientId = v.pipe(v.string(), v.regex(RANDOM_128));
export const InstanceId = v.pipe(v.string(), v.regex(RANDOM_128));
/** 43 base64url characters: 32 random bytes [WP27]. */
export const SessionToken = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** Correlates a request with its reply; requests with side effects use 128 random bits [WP7]. */
export const RequestId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.:-]{1,64}$/));
/** A device of the user's list: 128 random bits, or `demo:<id>` for what the proxy itself simulates [S42]. `-`: none. */
export const DeviceId = v.pipe(v.string(), v.regex(/^(-|[A-Za-z0-9_-]{22}|demo:[a-z0-9-]{1,32})$/));
export const Position = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Channel = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff));
export const Base64Url = (max: number) => v.pipe(v.string(), v.maxLength(max), v.regex(/^[A-Za-z0-9_-]*$/));
export const Base64 = (max: number) => v.pipe(v.string(), v.maxLength(max), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));

/** The mission's logical names of the two SSH sessions; `ui_state` and `link` stand beside them in messages. */
export const ShellSessionId = v.picklist(["ssh1", "ssh2"]);
export type ShellSessionId = v.InferOutput<typeof ShellSessionId>;

/** Device value of messages that concern no device. */
export const NO_DEVICE = "-";
