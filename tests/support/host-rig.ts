import { expect, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import type { DeviceView, Views } from "#machines/views.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { AuditEntry, PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { deviceRecord } from "./device-record.ts";
import { BrowserProfile, PageDouble } from "./page-double.ts";
import { TerminalDouble } from "./terminal-double.ts";
import { startTestProxy, type TestProxy, type TestProxyOptions } from "./test-proxy.ts";
import { codeOf } from "./wire-pairing.ts";

/** Longest wait for one condition: above the time after which a command without an answer counts as hung, twice over. */
const WAIT_MS = 45_000;

/** ssh1 and ssh2. */
const SESSIONS_PER_DEVICE = 2;

export type RigTarget = { readonly host: string; readonly port: number; readonly user: string };

/** A worker host with a page, paired and online with a real proxy: the product without a browser. */
export class HostRig {
  readonly proxy: TestProxy;
  readonly page: PageDouble;
  /** Devices that were opened here and not closed. */
  readonly #open = new Set<string>();

  private constructor(proxy: TestProxy, page: PageDouble) {
    this.proxy = proxy;
    this.page = page;
  }

  static async start(options: TestProxyOptions): Promise<HostRig> {
    const proxy = await startTestProxy(options);
    const page = new PageDouble(proxy.url, new BrowserProfile());
    const rig = new HostRig(proxy, page);
    await rig.until("sign_in", ({ phase }) => phase === "unpaired", "the pairing screen");
    const paired = await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), "tablet"));
    expect(paired).toEqual({ ok: true });
    await rig.until("link", ({ phase }) => phase === "online", "the link");
    return rig;
  }

  /** The view as soon as the condition holds; says what it was like when that takes too long. */
  async until<K extends keyof Views>(key: K, holds: (view: Views[K]) => boolean, what: string): Promise<Views[K]> {
    return inTime(this.page.until(key, holds), what, () => JSON.stringify(this.page.view(key), null, 1));
  }

  /** Puts a device into the user's list and opens it with a password, trusting the host key on first use. */
  async open(target: RigTarget, password: string, changes: Partial<DeviceRecord> = {}): Promise<RigDevice> {
    const label = `${target.user} at ${target.host}`;
    const record = deviceRecord(target, { label, telemetry: "allowed", ...changes });
    expect(await this.page.bridge.dispatch(commands.putDevice(record))).toEqual({ ok: true });
    await this.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    const device = new RigDevice(this, record.id);
    this.#open.add(record.id);
    const size = { cols: 120, rows: 40, password };
    expect(await this.page.bridge.dispatch(commands.open(record.id, size))).toEqual({ ok: true });
    return device;
  }

  /** A device was closed with all that it had: fails when more goes on running than the open devices can have. */
  async nothingRuns(device: string): Promise<void> {
    this.#open.delete(device);
    const most = this.#open.size * SESSIONS_PER_DEVICE;
    await vi.waitFor(
      () => expect(this.proxy.liveSessions, "sessions that run, of the open devices").toBeLessThanOrEqual(most),
      { timeout: WAIT_MS },
    );
  }

  async stop(): Promise<void> {
    this.page.close();
    await this.proxy.stop();
  }
}

/** One open device of a rig. */
export class RigDevice {
  readonly id: string;
  readonly terminal: TerminalDouble;
  readonly #rig: HostRig;

  constructor(rig: HostRig, id: string) {
    this.#rig = rig;
    this.id = id;
    this.terminal = new TerminalDouble(rig.page.bridge.openBytes(id));
  }

  get view(): DeviceView | undefined {
    return this.#rig.page.view(`device:${this.id}`);
  }

  until(holds: (view: DeviceView) => boolean, what: string): Promise<DeviceView> {
    return this.#rig.until(`device:${this.id}`, holds, what);
  }

  /** Trusts the host key when asked, and waits until the terminal is live. Gives the fingerprint that was asked about. */
  async login(): Promise<string | undefined> {
    const asked = await this.until(({ ssh1 }) => ssh1.question !== undefined || ssh1.phase === "live", "a question");
    const { question } = asked.ssh1;
    if (question?.kind === "host_key") {
      await this.#rig.page.bridge.dispatch(commands.hostKeyReply(this.id, "ssh1", question.id, true));
    }
    await this.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    return question?.kind === "host_key" ? question.host_key.sha256 : undefined;
  }

  monitor(payload: Parameters<typeof commands.monitor>[1]) {
    return this.#rig.page.bridge.dispatch(commands.monitor(this.id, payload));
  }

  /** The panel's reading as soon as the condition holds. */
  async panel<P extends PanelId>(
    panel: P,
    holds: (reading: PanelReading<P>) => boolean,
    what: string,
  ): Promise<PanelReading<P>> {
    // A view's type follows from its key, which the compiler cannot see through a template with a type parameter.
    const key = `panel:${this.id}:${panel}` as `panel:${string}:${PanelId}`;
    const reading = await this.#rig.until(key, (view) => holds(view as PanelReading<P>), `${panel}: ${what}`);
    return reading as PanelReading<P>;
  }

  /** Asks for everything again and gives the panel's first reading whose every answer is newer than that. */
  async refreshed<P extends PanelId>(panel: P): Promise<PanelReading<P>> {
    return this.since(await this.refresh(), panel);
  }

  /** Asks for everything again; gives the time of asking. */
  async refresh(): Promise<number> {
    const asked = Date.now();
    await this.monitor({ refresh: "all" });
    return asked;
  }

  /** The panel's first reading whose every answer is newer than that time. */
  since<P extends PanelId>(time: number, panel: P): Promise<PanelReading<P>> {
    return this.panel(panel, (reading) => reading.ts >= time && isUnderstood(reading), "a fresh reading");
  }

  /** The panel's reading once all of it was understood. */
  filled<P extends PanelId>(panel: P): Promise<PanelReading<P>> {
    return this.panel(panel, isUnderstood, "filled");
  }

  /** Everything that telemetry sent so far, newest first. */
  async audit(): Promise<AuditEntry[]> {
    const result = await this.#rig.page.bridge.dispatch(commands.audit(this.id, 10_000));
    if (!result.ok) throw new Error(`no audit: ${JSON.stringify(result.error)}`);
    return result.value as AuditEntry[];
  }

  /** Types into the terminal and waits until what came since then matches. */
  async say(text: string, answer: RegExp): Promise<string> {
    const from = this.terminal.text.length;
    this.terminal.type(text);
    return this.#came(answer, from, `${answer} after ${JSON.stringify(text)}`);
  }

  /** Waits until all that came so far matches: a prompt may have come before anybody asked for it. */
  shows(text: RegExp): Promise<string> {
    return this.#came(text, 0, String(text));
  }

  async #came(answer: RegExp, from: number, what: string): Promise<string> {
    const since = (): string => this.terminal.text.slice(from);
    const came = this.terminal.until(() => answer.test(since()));
    await inTime(came, what, () => JSON.stringify(since().slice(-600)));
    return since();
  }

  /** Ends both sessions; the proxy must not go on having one that runs. */
  async close(): Promise<void> {
    const { page } = this.#rig;
    await page.bridge.dispatch(commands.close(this.id, "end"));
    await this.#rig.until("catalog", ({ open }) => !open.includes(this.id), "the workspace to close");
    await this.#rig.nothingRuns(this.id);
  }
}

/**
 * Fresh and whole. Load on the machine that runs the lab is load on its Linux nodes, so telemetry may step back at any
 * time; what it then reads on demand is marked as throttled, and as good as ever [T55].
 */
function isUnderstood({ status, reason, data }: Pick<PanelReading, "status" | "reason" | "data">): boolean {
  return data !== undefined && (status === "ok" || (status === "stale" && reason === "throttled"));
}

async function inTime<T>(promise: Promise<T>, what: string, was: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}; it is ${was()}`)), WAIT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
