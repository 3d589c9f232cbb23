import type { DeskAction, DeskCommand, DeskPayloads } from "#protocol/local-telemetry.ts";

/** A command to what telemetry keeps on the tablet; the answer's value is what the desk of the action documents. */
export function deskCommand<A extends DeskAction>(device: string, action: A, payload: DeskPayloads[A]): DeskCommand {
  // The pair of action and payload is checked by the signature; the compiler cannot see through the type parameter.
  return { v: 1, device, session_id: "ssh2", type: "telemetry", action, payload } as unknown as DeskCommand;
}
