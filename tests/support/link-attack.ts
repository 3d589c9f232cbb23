import { EventEmitter } from "node:events";
import { parse } from "valibot";
import type { WebSocket } from "ws";
import { encodeControl } from "#protocol/control.ts";
import type { LinkId } from "#protocol/proxy/effects.ts";
import { SessionCore } from "#protocol/proxy/session-core.ts";
import { UP, type UpAction } from "#protocol/up.ts";
import { serveLink } from "#proxy/client-link.ts";
import { Limits } from "#proxy/config/limits-schema.ts";
import type { Link } from "#proxy/links/link-table.ts";

/** A WebSocket of ws as far as a link uses it; closing takes effect at once, as with a peer that answers. */
class SocketDouble extends EventEmitter {
  bufferedAmount = 0;
  sent = 0;
  closed: { code: number; reason: string } | undefined;

  send(_data: string | Uint8Array, done: (error?: Error) => void): void {
    this.sent++;
    done();
  }
  ping(): void {}
  terminate(): void {
    this.close(1006, "");
  }
  close(code: number, reason: string): void {
    if (this.closed !== undefined) return;
    this.closed = { code, reason };
    this.emit("close", code);
  }
}

/** What the device said, and the page was sent, before the attack. */
export const SENT_BYTES = 1_000;
const ID = "A".repeat(22);
const DEFAULTS = parse(Limits, {});
const CLIENT = { client_id: ID, user: "owner", label: "attacker" };

/** Everything that the real link needs but sessions: who comes is believed, so that the attack begins after the hello. */
export class AttackedLink {
  readonly socket = new SocketDouble();
  readonly core: SessionCore;
  chan = 0;
  /** Bytes that the device got. */
  readonly input: number[] = [];
  /** Actions that reached the commands. */
  readonly acted: UpAction[] = [];
  /** Exceptions while a message was handled [S27]. */
  readonly failures: string[];

  /** `hello: false`: the link stays before its hello. `limits` as configured. */
  constructor(failures: string[], { hello = true, limits = {} } = {}) {
    this.failures = failures;
    this.core = new SessionCore(
      {
        sid: ID,
        session_id: "ssh1",
        ringBytes: 64 * 1024,
        overflow: "hold",
        cols: 80,
        rows: 24,
        graceMs: 1_000,
        tailBytes: 0,
      },
      0,
    );
    serveLink({
      socket: this.socket as unknown as WebSocket,
      client: CLIENT as Parameters<typeof serveLink>[0]["client"],
      identity: { kind: "identity", user: "owner", roles: [], expires: null, source: "pairing" },
      origin: "https://rackside.test",
      address: "192.0.2.1",
      limits: { ...DEFAULTS, ...limits },
      proves: () => true,
      greeted: (link) => {
        this.#attach(link);
        return Promise.resolve(undefined);
      },
      message: (_link, message) => {
        this.acted.push(message.action);
        return Promise.resolve();
      },
      superseded: () => false,
      refused: () => {},
      gone: (link) => void this.core.detach(link.id, 0),
      log: (_level, event, fields) => {
        if (event === "link.failed") this.failures.push(JSON.stringify(fields));
      },
    });
    if (hello) this.text(helloText());
  }

  get closed(): { code: number; reason: string } | undefined {
    return this.socket.closed;
  }

  binary(bytes: Uint8Array): void {
    this.socket.emit("message", Buffer.from(bytes), true);
  }

  text(text: string): void {
    this.socket.emit("message", Buffer.from(text), false);
  }

  #attach(link: Link): void {
    const run = (effects: ReturnType<SessionCore["onIn"]>): void => {
      for (const effect of effects) {
        if (effect.type === "write") this.input.push(...effect.bytes);
        else if (effect.type === "fault") link.close(effect.closeCode, effect.reason);
      }
    };
    this.chan = link.open({
      nextOut: (max) => this.core.nextOut(max),
      run,
      onIn: (from: LinkId, pos, body) => run(this.core.onIn(from, pos, body)),
      onAck: (from: LinkId, pos, limit, saved) => run(this.core.onAck(from, pos, limit, saved)),
    });
    const by = { link: link.id, chan: this.chan, client: ID, instance: ID, label: "attacker", device: "d" };
    this.core.attach({ ...by, out_pos: 0, in_pos: 0, limit: 64 * 1024, known_epoch: 0, durable: false });
    this.core.deviceData(new Uint8Array(SENT_BYTES), false);
    link.pump();
  }
}

/** A hello that the schema takes. */
export function helloText(): string {
  return encodeControl({
    v: 1,
    device: "-",
    session_id: "link",
    type: "system",
    action: "hello",
    payload: {
      client_id: ID,
      instance_id: ID,
      attempt: 1,
      app_version: "0",
      features: [],
      sig: "A".repeat(86),
      sessions: [],
    },
  });
}

/** Names of everything that a page may ask. */
export const ACTIONS = Object.keys(UP) as [UpAction, ...UpAction[]];
