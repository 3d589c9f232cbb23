import { type ActorRefFrom, assign, sendParent, sendTo, setup } from "xstate";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type {
  LinkFact,
  PresenceFact,
  RestoredFacts,
  Stamp,
  TelemetryMessageEvent,
  TerminalMessageEvent,
} from "./events.ts";
import { telemetryMachine } from "./telemetry.machine.ts";
import type { CollectorFact } from "./telemetry-setup.ts";
import { type TerminalReport, terminalMachine } from "./terminal.machine.ts";

/** A fact for one of the two sessions. */
export type DeviceDelivery = { type: "device.deliver" } & (
  | {
      to: "ssh1";
      event: TerminalMessageEvent | LinkFact | ({ type: "session.gap"; from: number; to: number } & Stamp);
    }
  | { to: "ssh2"; event: TelemetryMessageEvent | LinkFact | CollectorFact }
);

export type DeviceEvent =
  | DeviceDelivery
  | TerminalReport
  | PresenceFact
  | ({ type: "device.link"; up: boolean; heard_at?: number | undefined } & Stamp)
  | ({ type: "device.record"; record: DeviceRecord } & Stamp)
  | ({ type: "device.close"; how: "end" | "detach" } & Stamp);

export type DeviceInput = {
  id: string;
  record: DeviceRecord;
  cols: number;
  rows: number;
  at: number;
  visible: boolean;
  link_up: boolean;
  /** Sessions of an earlier page that are to be resumed [A4]. */
  restored: readonly RestoredSession[];
};

/** What a resume record tells about a session: what `connected` once said. */
export type RestoredSession = { session_id: "ssh1" | "ssh2" } & RestoredFacts;

export type DeviceContext = {
  id: string;
  record: DeviceRecord;
  ssh1: ActorRefFrom<typeof terminalMachine>;
  ssh2: ActorRefFrom<typeof telemetryMachine>;
};

/** One device's workspace: owns ssh1 and ssh2, and lets ssh2 begin when ssh1 is live [T59]. */
export const deviceMachine = setup({
  types: { context: {} as DeviceContext, events: {} as DeviceEvent, input: {} as DeviceInput },
  actors: { terminal: terminalMachine, telemetry: telemetryMachine },
  actions: {
    deliver: ({ context, event }) => {
      if (event.type !== "device.deliver") return;
      if (event.to === "ssh1") context.ssh1.send(event.event);
      else context.ssh2.send(event.event);
    },
    reportClosed: sendParent((_args, params: { id: string }) => ({ type: "device.closed" as const, id: params.id })),
  },
}).createMachine({
  id: "device",
  context: ({ input, spawn }) => {
    const { id, record, at, cols, rows, visible, link_up, restored } = input;
    const common = { device: id, record, at };
    const factsOf = (session: "ssh1" | "ssh2") => restored.find(({ session_id }) => session_id === session);
    return {
      id,
      record,
      ssh1: spawn("terminal", {
        id: "ssh1",
        systemId: `${id}/ssh1`,
        input: { ...common, cols, rows, restored: factsOf("ssh1") },
      }),
      ssh2: spawn("telemetry", {
        id: "ssh2",
        systemId: `${id}/ssh2`,
        input: { ...common, visible, link_up, restored: factsOf("ssh2") },
      }),
    };
  },
  initial: "open",
  states: {
    open: {
      on: {
        "device.deliver": { actions: "deliver" },
        "ssh1.live": {
          actions: sendTo(
            ({ context }) => context.ssh2,
            ({ event }) => ({ ...event, type: "device.ssh1_live" }),
          ),
        },
        "ssh1.ended": {},
        "presence.changed": {
          actions: sendTo(
            ({ context }) => context.ssh2,
            ({ event }) => event,
          ),
        },
        "device.link": {
          actions: [
            sendTo(
              ({ context }) => context.ssh1,
              ({ event }) => linkFact(event),
            ),
            sendTo(
              ({ context }) => context.ssh2,
              ({ event }) => linkFact(event),
            ),
          ],
        },
        "device.record": {
          actions: [
            assign({ record: ({ event }) => event.record }),
            sendTo(
              ({ context }) => context.ssh1,
              ({ event }) => event,
            ),
            sendTo(
              ({ context }) => context.ssh2,
              ({ event }) => event,
            ),
          ],
        },
        "device.close": {
          target: "closed",
          actions: [
            sendTo(
              ({ context }) => context.ssh1,
              ({ event }) => event,
            ),
            // Nobody watches it after this: a detached terminal is worth its line, detached telemetry is not [T58].
            sendTo(
              ({ context }) => context.ssh2,
              ({ event }) => ({ ...event, how: "end" as const }),
            ),
          ],
        },
      },
    },
    /** Both sessions were told; the owner takes the workspace away. */
    closed: { entry: { type: "reportClosed", params: ({ context }) => ({ id: context.id }) } },
  },
});

function linkFact({ up, heard_at, at, random }: { up: boolean; heard_at?: number | undefined } & Stamp): LinkFact {
  return up ? { type: "session.link_up", at, random } : { type: "session.link_lost", heard_at, at, random };
}
