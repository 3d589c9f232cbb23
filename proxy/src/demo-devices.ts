/** Simulated devices: named objects of this process, never an address [S42]. */

import type { Duplex } from "node:stream";
import { TERMINAL_GRACE_S } from "#protocol/limits.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey } from "#protocol/messages/target.ts";

/** The one interface through which the demo lab is reached. */
export type DemoLab = {
  devices: readonly {
    id: string;
    label: string;
    platform: string;
    sock(): Duplex;
    /** `sha256` as OpenSSH prints it, without its `SHA256:`; `publicKey` is the wire blob. */
    hostKey: { type: string; sha256: string; publicKey: Uint8Array };
  }[];
  close(): Promise<void>;
};

/** A `demo:<id>` host stands for an object the proxy started, and for nothing else. */
const DEMO_HOST = /^demo:([a-z0-9-]{1,32})$/;

export type DemoDevice = DemoLab["devices"][number];

export class DemoDevices {
  readonly records: readonly DeviceRecord[];
  readonly #lab: DemoLab | undefined;

  constructor(lab: DemoLab | undefined) {
    this.#lab = lab;
    this.records = (lab?.devices ?? []).map(recordOf);
  }

  /** Whether the host names a simulated device at all; then no address is ever looked at. */
  static isDemoHost(host: string): boolean {
    return host.startsWith("demo:");
  }

  find(host: string): DemoDevice | undefined {
    const id = DEMO_HOST.exec(host)?.[1];
    return this.#lab?.devices.find((device) => device.id === id);
  }

  async close(): Promise<void> {
    await this.#lab?.close();
  }
}

/** The key that the process itself pinned for a simulated device. */
export function demoPin({ hostKey }: DemoDevice): HostKey {
  const key = Buffer.from(hostKey.publicKey).toString("base64");
  return { type: hostKey.type, key, sha256: `SHA256:${hostKey.sha256}` };
}

function recordOf(device: DemoDevice): DeviceRecord {
  return {
    id: `demo:${device.id}`,
    label: device.label,
    target: { host: `demo:${device.id}`, port: 22, user: "demo", via: [] },
    algorithms: "modern",
    keepalive: "off",
    grace_s: TERMINAL_GRACE_S,
    telemetry: "allowed",
    platform: device.platform,
    pins: [demoPin(device)],
    simulated: true,
  };
}
