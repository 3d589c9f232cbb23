import type { BoundHost, BoundWay, LoginChoice } from "#bridge/types.ts";

/** Address, port and user of a device, as what is bound to it is bound [S67]. */
export function hostOf({ host, port, user }: BoundHost): BoundHost {
  return { host, port, user };
}

export function wayOf(target: BoundWay): BoundWay {
  return { ...hostOf(target), via: target.via.map(({ host, port, user }) => ({ host, port, user })) };
}

/** In words that a person compares. */
export function wayText({ via, ...host }: BoundWay): string {
  return [hostText(host), ...(via.length === 0 ? [] : ["via", via.map(hostText).join(", ")])].join(" ");
}

export const hostText = ({ host, port, user }: BoundHost): string => `${user}@${host}:${port}`;

export function isSameWay(a: BoundWay, b: BoundWay): boolean {
  return JSON.stringify(wayOf(a)) === JSON.stringify(wayOf(b));
}

/** Where a login was chosen for, when the device is somewhere else by now: the worker offers nothing of it [S47] [S67]. */
export function movedFrom(
  choice: LoginChoice | undefined,
  target: BoundWay,
): { before: BoundWay | undefined } | undefined {
  if (choice === undefined || choice.once === true || !offersAnything(choice)) return undefined;
  const { bound } = choice;
  return bound !== undefined && isSameWay(bound, wayOf(target)) ? undefined : { before: bound };
}

function offersAnything({ keys, password, via_keys, via_passwords = [] }: LoginChoice): boolean {
  const ofVia = via_keys.some((ids) => ids.length > 0) || via_passwords.some((entry) => entry !== null);
  return keys.length > 0 || password !== undefined || ofVia;
}
