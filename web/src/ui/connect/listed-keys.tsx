import { useViewSelector } from "#bridge/hooks.ts";
import type { HostKey } from "#bridge/types.ts";
import { Callout } from "../primitives/callout.tsx";
import { DeviceText } from "../text/device-text.tsx";

const NONE: readonly HostKey[] = [];

/**
 * What the list, which is the same on all tablets of the person, says of the device's keys. It comes by way of the proxy, so
 * it is a hint to compare with and no reason to trust [S44] [S47].
 */
export function ListedKeys({ device, hop, shown }: { device: string; hop: number; shown: HostKey }) {
  const listed = useViewSelector(`device:${device}`, (view) =>
    view !== undefined && view.record.target.via.length === hop ? view.record.pins : NONE,
  );
  if (listed === undefined || listed.length === 0) return null;
  if (listed.some(({ key }) => key === shown.key)) {
    return (
      <Callout title="Known to another of your clients" tone="info">
        <p>The device list has this very key. The list is kept by the proxy: compare the fingerprint all the same.</p>
      </Callout>
    );
  }
  return (
    <Callout title="Another of your clients knows another key" tone="warn">
      <p>The device list has, for this device:</p>
      {listed.map(({ sha256 }) => (
        <code className="rs-code-line rs-selectable" key={sha256}>
          <DeviceText text={sha256} />
        </code>
      ))}
      <p>Trust the new one only if the device was exchanged or set up anew.</p>
    </Callout>
  );
}
