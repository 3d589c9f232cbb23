import * as v from "valibot";
import { Position, Sid } from "../ids.ts";
import { sessionMessage } from "./envelope.ts";
import { Cols, Rows } from "./target.ts";

const Rev = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Last revision wins [I9]. */
export const Resize = sessionMessage("resize", v.object({ rev: Rev, cols: Cols, rows: Rows }));
/** `at`: output position when window-change was sent to the device. */
export const Resized = sessionMessage(
  "resized",
  v.object({ sid: v.optional(Sid), rev: Rev, cols: Cols, rows: Rows, at: Position }),
);
