/** The wire version this build speaks. The proxy also serves the one before it once there is one [WP3]. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocol of this version [WP1]. */
export const SUBPROTOCOL = "rackside.v1";

/** Path of the link's WebSocket on a node; `any` lets the receiving node answer [WP1]. */
export function linkPath(node = "any"): string {
  return `/s/${node}/v1`;
}
