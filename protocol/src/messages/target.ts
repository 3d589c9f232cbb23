import * as v from "valibot";
import { Base64 } from "../ids.ts";
import { COLS_MAX, COLS_MIN, ROWS_MAX, ROWS_MIN } from "../limits.ts";

const Host = v.pipe(v.string(), v.minLength(1), v.maxLength(253), v.regex(/^[^\s\p{C}]+$/u));
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const User = v.pipe(v.string(), v.maxLength(256), v.regex(/^[^\p{Cc}]*$/u));

export const AlgorithmSet = v.picklist(["modern", "compatible", "legacy"]);
export type AlgorithmSet = v.InferOutput<typeof AlgorithmSet>;

/** One SSH hop. `host` is a name, a literal address, or `demo:<id>` [S42]. */
export const Hop = v.object({ host: Host, port: Port, user: User });
/**
 * A jump host may need older algorithms of its own; absent: the modern ones, whatever the device's own set [S39] [S61].
 * It stands in the path itself, so that it cannot be kept for one host and used for another.
 */
export const JumpHop = v.object({ ...Hop.entries, algorithms: v.optional(AlgorithmSet) });
export type JumpHop = v.InferOutput<typeof JumpHop>;
/** 0 is the host that the proxy dials itself; the last one is the device. */
export const HopIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3));
/** Where a session goes: the device and the jump hosts before it, at most 3 [S39]. */
export const Target = v.object({ ...Hop.entries, via: v.pipe(v.array(JumpHop), v.maxLength(3)) });
export type Target = v.InferOutput<typeof Target>;

/** How commands reach the device: shell without PTY, shell with PTY, or one channel per command. */
export const Transport = v.picklist(["shell", "shell_pty", "exec"]);
export type Transport = v.InferOutput<typeof Transport>;

export const Cols = v.pipe(v.number(), v.integer(), v.minValue(COLS_MIN), v.maxValue(COLS_MAX));
export const Rows = v.pipe(v.number(), v.integer(), v.minValue(ROWS_MIN), v.maxValue(ROWS_MAX));
export const Pty = v.object({ term: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.+-]{1,32}$/)), cols: Cols, rows: Rows });

export const Keepalive = v.picklist(["off", "tcp", "ssh"]);
export const Overflow = v.picklist(["hold", "drop_oldest"]);
export const AuthMethod = v.picklist(["none", "publickey", "keyboard-interactive", "password"]);

/** A host key: SSH type name, wire blob in base64, and `SHA256:` fingerprint without padding as OpenSSH prints it. */
export const HostKey = v.object({
  type: v.pipe(v.string(), v.maxLength(64)),
  key: Base64(4_096),
  sha256: v.pipe(v.string(), v.regex(/^SHA256:[A-Za-z0-9+/]{43}$/)),
});
export type HostKey = v.InferOutput<typeof HostKey>;

/** Algorithms that a connection settled on. */
export const Algorithms = v.object({
  kex: v.string(),
  host_key: v.string(),
  cipher_out: v.string(),
  cipher_in: v.string(),
  mac_out: v.string(),
  mac_in: v.string(),
});
export type Algorithms = v.InferOutput<typeof Algorithms>;
