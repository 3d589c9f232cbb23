import type { Duplex } from "node:stream";
import { DeviceServer } from "./ssh/device-server.ts";
import { makeHostKey } from "./ssh/host-key.ts";
import { DEVICES } from "./world/topology.ts";
import { World } from "./world/world.ts";

/** One simulated device. `sock` opens a new in-process connection to its SSH server; no port exists [S42]. */
export type DemoDevice = {
  id: string;
  label: string;
  platform: "cisco_ios";
  sock(): Duplex;
  /** `sha256` as OpenSSH prints it, without its `SHA256:`; `publicKey` is the wire blob. */
  hostKey: { type: string; sha256: string; publicKey: Uint8Array };
};

/** The running lab. */
export type DemoLab = { devices: readonly DemoDevice[]; close(): Promise<void> };

/** `pace` stretches the devices' own delays: 1 as a real box, 0 none (tests). */
export type DemoLabOptions = { seed?: number; now?: () => number; pace?: number };

const DEFAULT_SEED = 2911;

/** Starts the simulated devices; nothing runs while nobody is connected. */
export function startDemoLab(options: DemoLabOptions = {}): Promise<DemoLab> {
  const world = new World({ seed: options.seed ?? DEFAULT_SEED, now: options.now ?? Date.now });
  const running = DEVICES.map((device) => {
    const hostKey = makeHostKey();
    const server = new DeviceServer(world, device, hostKey, options.pace ?? 1);
    const { type, sha256, publicKey } = hostKey;
    const entry: DemoDevice = {
      id: device.id,
      label: device.label,
      platform: "cisco_ios",
      sock: () => server.connect(),
      hostKey: { type, sha256, publicKey },
    };
    return { server, entry };
  });
  return Promise.resolve({
    devices: running.map(({ entry }) => entry),
    close: () => {
      for (const { server } of running) server.close();
      return Promise.resolve();
    },
  });
}
