/** A page-like client of the wire protocol for tests: signed hello, control messages, frames, credit. */
import { WebSocket } from "ws";
import { linkFrame, sessionFrame, uiFrame } from "#protocol/builders.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import type { Down, DownAction } from "#protocol/down.ts";
import { type AckFrame, decodeFrame, encodePong, type OutFrame } from "#protocol/frames.ts";
import type { SessionRequest } from "#protocol/messages/session-entry.ts";
import type { Up, UpAction } from "#protocol/up.ts";
import { linkPath, SUBPROTOCOL } from "#protocol/version.ts";
import { type Answers, answerTo, isQuestion, type Question } from "./wire-answers.ts";
import { type PairedClient, randomId } from "./wire-pairing.ts";
import { WireSession } from "./wire-session.ts";

/** Longest that a test waits for one message. */
const WAIT_MS = 20_000;

export type DownOf<A extends DownAction> = Extract<Down, { action: A }>;
type UpOf<A extends UpAction> = Extract<Up, { action: A }>;
export type PageOptions = {
  instanceId?: string;
  attempt?: number;
  sessions?: readonly SessionRequest[];
  headers?: Record<string, string>;
  path?: string;
  /** Authority that vouches for the proxy, PEM. */
  ca?: string;
};
export type Target = UpOf<"connect">["payload"]["target"];
export type ConnectOptions = Partial<Omit<UpOf<"connect">["payload"], "target">> & {
  device?: string;
  session_id?: "ssh1" | "ssh2";
  id?: string;
};

let lastAttempt = Date.now();

export class WirePage {
  readonly client: PairedClient;
  readonly instanceId: string;
  readonly socket: WebSocket;
  /** Everything that came, in order. */
  readonly messages: Down[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  welcome: DownOf<"welcome">["payload"] | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #sessions = new Map<number, WireSession>();
  readonly #early = new Map<number, (OutFrame | AckFrame)[]>();
  #isClosed = false;

  private constructor(client: PairedClient, options: PageOptions) {
    this.client = client;
    this.instanceId = options.instanceId ?? randomId();
    this.socket = new WebSocket(client.url.replace("http", "ws") + (options.path ?? linkPath()), [SUBPROTOCOL], {
      headers: { Origin: client.url, Cookie: client.cookie, ...options.headers },
      perMessageDeflate: false,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code, reason) => {
        this.#isClosed = true;
        for (const check of this.#waiting) check();
        resolve({ code, reason: reason.toString() });
      });
    });
    this.socket.on("error", () => {});
    this.socket.on("message", (data: Buffer, isBinary: boolean) => (isBinary ? this.#frame(data) : this.#text(data)));
  }

  /** A socket whose challenge has come and whose hello has not been sent. */
  static async dial(client: PairedClient, options: PageOptions = {}): Promise<{ page: WirePage; nonce: string }> {
    const page = new WirePage(client, options);
    const challenge = await page.next("challenge");
    return { page, nonce: challenge.payload.nonce };
  }

  /** A greeted page. */
  static async open(client: PairedClient, options: PageOptions = {}): Promise<WirePage> {
    const { page, nonce } = await WirePage.dial(client, options);
    lastAttempt += 1;
    await page.hello(nonce, options.attempt ?? lastAttempt, options.sessions ?? []);
    page.welcome = (await page.next("welcome")).payload;
    return page;
  }

  async hello(nonce: string, attempt: number, sessions: readonly SessionRequest[], sig?: string): Promise<void> {
    const { clientId: client_id } = this.client;
    const instance_id = this.instanceId;
    const signature = sig ?? (await this.client.signHello(nonce, instance_id, attempt));
    const payload = { client_id, instance_id, attempt, app_version: "test", features: [], sig: signature };
    this.send(linkFrame("hello", { ...payload, sessions: [...sessions] }, { id: randomId() }));
  }

  #text(data: Buffer): void {
    const parsed = parseControl(data.toString("utf8"), "down");
    if (!parsed.ok) throw new Error(`bad message of the proxy: ${parsed.kind} ${data.toString("utf8").slice(0, 300)}`);
    if (!("message" in parsed)) return;
    this.messages.push(parsed.message);
    for (const check of this.#waiting) check();
  }

  #frame(data: Buffer): void {
    const decoded = decodeFrame(data, "down");
    if (!decoded.ok) throw new Error(`bad frame of the proxy: ${decoded.reason}`);
    const { frame } = decoded;
    if (frame === null || frame.kind === "pong") return;
    if (frame.kind === "ping") this.socket.send(encodePong(frame.nonce));
    else if (frame.kind === "ack" || frame.kind === "out") this.#deliver(frame);
  }

  /** Frames that come before the test took up their session wait for it. */
  #deliver(frame: OutFrame | AckFrame): void {
    const session = this.#sessions.get(frame.chan);
    if (session === undefined) this.#early.set(frame.chan, [...(this.#early.get(frame.chan) ?? []), frame]);
    // What was under way on a link that the session has left says nothing new.
    else if (session.page !== this) return;
    else if (frame.kind === "ack") session.onAck(frame.pos, frame.limit);
    else session.onOut(frame.pos, frame.body, frame.stderr);
  }

  send(message: Up): void {
    this.socket.send(encodeControl(message));
  }

  sendFrame(frame: Uint8Array): void {
    this.socket.send(frame);
  }

  /** Waits until `find` gives something; rejects when the link closes or time is up, and says then what there is instead. */
  until<T>(find: () => T | undefined, what: string | (() => string)): Promise<T> {
    const wanted = () => (typeof what === "string" ? what : what());
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      const check = () => {
        const found = find();
        if (found !== undefined) {
          done();
          resolve(found);
        } else if (this.#isClosed) {
          done();
          reject(
            new Error(
              `link closed while waiting for ${wanted()}; had ${this.messages.map(({ action }) => action).join(" ")}`,
            ),
          );
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(
          new Error(
            `no ${wanted()} in time; had ${this.messages
              .slice(-5)
              .map((m) => JSON.stringify(m).slice(0, 300))
              .join("\n")}`,
          ),
        );
      }, WAIT_MS);
      this.#waiting.add(check);
      check();
    });
  }

  /** Wakes everyone who waits; for sessions, whose bytes are no messages. */
  poke(): void {
    for (const check of this.#waiting) check();
  }

  /** The first message of that action, from `from` on, that fits. */
  next<A extends DownAction>(
    action: A,
    fits: (message: DownOf<A>) => boolean = () => true,
    from = 0,
  ): Promise<DownOf<A>> {
    return this.until(
      () => this.messages.slice(from).find((m): m is DownOf<A> => m.action === action && fits(m as DownOf<A>)),
      action,
    );
  }

  /** Sends a request and waits for its first answer, an error included. `progress` is none. */
  async request(message: Up): Promise<Down> {
    const id = message.id ?? randomId();
    const from = this.messages.length;
    this.send({ ...message, id });
    return this.until(
      () => this.messages.slice(from).find((m) => m.re === id && m.action !== "progress"),
      `answer to ${message.action}`,
    );
  }

  /** Sends connect without waiting; {@link next} then sees host_key, auth_prompt, connected, error. */
  startConnect(
    target: Target,
    options: ConnectOptions = {},
  ): { id: string; device: string; session_id: "ssh1" | "ssh2" } {
    const { device = randomId(), session_id = "ssh1", id = randomId(), ...rest } = options;
    const payload: UpOf<"connect">["payload"] = {
      target,
      label: "test device",
      transport: "shell_pty",
      pty: { term: "xterm-256color", cols: 80, rows: 24 },
      grace_s: 900,
      window: 256 * 1024,
      durable: false,
      options: { algorithms: "modern", keepalive: "off", overflow: "hold", auth_order: [] },
      pins: [],
      ...rest,
    };
    this.send(sessionFrame(device, session_id, "connect", payload, { id }));
    return { id, device, session_id };
  }

  /** Answers the questions of a connect until `connected` or `error`. */
  async settleConnect(
    at: { id: string; device: string; session_id: "ssh1" | "ssh2" },
    answers: Answers = {},
  ): Promise<DownOf<"connected"> | DownOf<"error">> {
    const answered = new Set<string>();
    for (;;) {
      const message = await this.until(
        () =>
          this.messages.find(
            (m): m is DownOf<"connected"> | DownOf<"error"> | Question =>
              (m.re === at.id && (m.action === "connected" || m.action === "error")) ||
              (isQuestion(m) && m.device === at.device && m.session_id === at.session_id && !answered.has(m.id ?? "")),
          ),
        "the outcome of connect",
      );
      if (!isQuestion(message)) return message;
      answered.add(message.id ?? "");
      this.send(await answerTo(message, answers));
    }
  }

  /** Connects and attaches; throws the error when it fails. */
  async connect(
    target: Target,
    options: ConnectOptions & { password?: string | undefined } = {},
    answers: Answers = {},
  ): Promise<WireSession> {
    const { password, ...rest } = options;
    const at = this.startConnect(target, rest);
    const outcome = await this.settleConnect(at, { password, ...answers });
    if (outcome.action === "error") throw new Error(`connect failed: ${JSON.stringify(outcome.payload)}`);
    return this.adopt(outcome, at.device, at.session_id);
  }

  /** Takes up a session from its connected message. */
  adopt({ payload }: DownOf<"connected">, device: string, session_id: "ssh1" | "ssh2"): WireSession {
    const session = new WireSession(this, device, session_id, payload);
    this.bind(payload.chan, session);
    return session;
  }

  /** Takes up a session from an entry of welcome or attached. */
  bind(chan: number, session: WireSession): void {
    this.#sessions.set(chan, session);
    const early = this.#early.get(chan) ?? [];
    this.#early.delete(chan);
    for (const frame of early) this.#deliver(frame);
  }

  setTheme(theme: string, base_rev: number): Promise<Down> {
    return this.request(uiFrame("set_theme", { theme, base_rev }, { id: randomId() }));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  /** Cuts the socket without a word, as a lost network does. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
