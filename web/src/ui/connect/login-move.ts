import type { BoundWay, DeviceRecord, LoginChoice } from "#bridge/types.ts";
import { isSameWay, movedFrom, wayOf } from "./bound-way.ts";
import { NO_LOGIN } from "./login-picks.ts";

/** What becomes of a login that was chosen for another address: nothing, unless the person says so [S47] [S67]. */
export type MoveDecision = "leave" | "move" | "anew";
/** `to`: the address that was shown when it was decided; for any other one nothing is decided. */
export type Decided = { as: MoveDecision; to: BoundWay };

type Facts = {
  /** The device as the list has it; undefined for one that is new. */
  record: DeviceRecord | undefined;
  /** Where the form says that the device is. */
  to: BoundWay;
  stored: LoginChoice | undefined;
  /** As changed in the form; undefined: not touched. */
  edited: LoginChoice | undefined;
  decided: Decided | undefined;
};

export type LoginMove = {
  /** The login of the device was chosen for another address than the list, and the form, say: what has to be decided. */
  asked: { before: BoundWay | undefined; decision: MoveDecision } | undefined;
  /** What the form shows; undefined: nothing that could be changed, before it is decided. */
  shown: LoginChoice | undefined;
  /** What saving does, in this order. `from` undefined: what was bound when no address was noted. */
  rebind: { from: BoundWay | undefined; to: BoundWay } | undefined;
  choose: LoginChoice | undefined;
};

/**
 * How the form treats the login of its device. Touching the login, or anything else, moves nothing that was chosen for an
 * address that somebody else changed; an address that the person changed here takes along what was bound to the one before.
 */
export function loginMove({ record, to, stored, edited, decided }: Facts): LoginMove {
  const changed = edited && { ...edited, bound: to };
  const asked = record === undefined || !movedFrom(stored, record.target) ? undefined : movedFrom(stored, to);
  if (asked !== undefined) {
    const { before } = asked;
    const decision = decided !== undefined && isSameWay(decided.to, to) ? decided.as : "leave";
    const rest = { asked: { before, decision } };
    if (decision === "leave") return { ...rest, shown: undefined, rebind: undefined, choose: undefined };
    if (decision === "move") {
      return { ...rest, shown: edited ?? stored ?? NO_LOGIN, rebind: { from: before, to }, choose: changed };
    }
    const anew = edited ?? NO_LOGIN;
    return { ...rest, shown: anew, rebind: undefined, choose: { ...anew, bound: to } };
  }
  const before = record === undefined || movedFrom(stored, record.target) ? to : wayOf(record.target);
  return {
    asked: undefined,
    shown: edited ?? stored ?? NO_LOGIN,
    rebind: isSameWay(before, to) ? undefined : { from: before, to },
    choose: changed,
  };
}
