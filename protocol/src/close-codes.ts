/** WebSocket close codes: 4000-4499 mean "try again", 4500-4999 "stop" [section 13]. */
export const CLOSE = {
  goingAway: 4001,
  timeout: 4002,
  superseded: 4003,
  overloaded: 4004,
  staleAttempt: 4005,
  protocol: 4500,
  auth: 4501,
  version: 4502,
  takenOver: 4503,
  forbidden: 4504,
  tooLarge: 4505,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Whether a page may dial again by itself after this close. Foreign codes (1006 and the like) may. */
export function closeAllowsRetry(code: number): boolean {
  return code < 4500 || code > 4999;
}
