import * as v from "valibot";
import { DeviceId } from "../ids.ts";
import { DEVICES_MAX, GRACE_MAX_S, GRACE_MIN_S } from "../limits.ts";
import { uiStateMessage } from "./envelope.ts";
import { AlgorithmSet, HostKey, Keepalive, Target } from "./target.ts";

const Rev = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** One device of the user's list, without secrets. */
export const DeviceRecord = v.object({
  id: DeviceId,
  label: v.pipe(v.string(), v.maxLength(128)),
  target: Target,
  algorithms: AlgorithmSet,
  keepalive: Keepalive,
  grace_s: v.pipe(v.number(), v.integer(), v.minValue(GRACE_MIN_S), v.maxValue(GRACE_MAX_S)),
  /** Whether a second, read-only connection may be opened for telemetry [S59]. */
  telemetry: v.picklist(["ask", "allowed", "off"]),
  /** False: telemetry sends no end markers, for the device's AAA server keeps a record of each; absent: true [T42]. */
  markers: v.optional(v.boolean()),
  /** The person's choice over detection. */
  platform: v.optional(v.pipe(v.string(), v.maxLength(32))),
  /** Keys trusted by the user for this device [S44]. */
  pins: v.pipe(v.array(HostKey), v.maxLength(16)),
  note: v.optional(v.pipe(v.string(), v.maxLength(1_024))),
  /** Simulated by the proxy; not editable [S42]. */
  simulated: v.optional(v.boolean()),
});
export type DeviceRecord = v.InferOutput<typeof DeviceRecord>;

export const PutDevice = uiStateMessage("put_device", v.object({ record: DeviceRecord, base_rev: Rev }));
export const RemoveDevice = uiStateMessage("remove_device", v.object({ id: DeviceId, base_rev: Rev }));
export const DevicesChanged = uiStateMessage(
  "devices_changed",
  v.object({
    records: v.pipe(v.array(DeviceRecord), v.maxLength(DEVICES_MAX)),
    rev: Rev,
    /** Of a list that is too long for one message: its parts follow one another; the last one carries `re`. */
    part: v.optional(
      v.object({
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(DEVICES_MAX - 1)),
        of: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(DEVICES_MAX)),
      }),
    ),
  }),
);
