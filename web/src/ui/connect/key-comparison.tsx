import type { ErrorPayload } from "#bridge/types.ts";
import { DeviceText } from "../text/device-text.tsx";

const STORES = { client: "this tablet", proxy: "this proxy" } as const;

/** Old and new key with type and fingerprint; the old ones with the store that knows them, and since when [S48]. */
export function KeyComparison({ keys }: { keys: NonNullable<ErrorPayload["host_keys"]> }) {
  const pinned = keys.pinned ?? keys.known.map((sha256) => ({ type: "", sha256, store: undefined, since: undefined }));
  return (
    <dl className="rs-facts">
      <dt>Trusted</dt>
      {pinned.map(({ type, sha256, store, since }) => (
        <dd key={`${store ?? ""} ${sha256}`}>
          {type === "" ? null : <DeviceText text={type} />}
          {store === undefined ? "" : `, known to ${STORES[store]}`}
          {since === undefined ? "" : ` since ${since.slice(0, 10)}`}
          <code className="rs-code-line rs-selectable">
            <DeviceText text={sha256} />
          </code>
        </dd>
      ))}
      <dt>Shown now</dt>
      <dd>
        <DeviceText text={keys.type} />
        <code className="rs-code-line rs-selectable">
          <DeviceText text={keys.offered} />
        </code>
      </dd>
    </dl>
  );
}
