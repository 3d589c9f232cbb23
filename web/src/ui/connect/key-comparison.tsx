import type { ErrorPayload, SeenDates } from "#bridge/types.ts";
import { DeviceText } from "../text/device-text.tsx";

const STORES = { client: "this tablet", proxy: "this proxy" } as const;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

type KeyComparisonProps = {
  keys: NonNullable<ErrorPayload["host_keys"]>;
  /** When this tablet met a key of this host; undefined where it does not know. */
  dates: (sha256: string) => SeenDates | undefined;
};

/**
 * Old and new key with type and fingerprint; the old ones with the store that knows them, since when, and when this tablet
 * met them first and last [S48].
 */
export function KeyComparison({ keys, dates }: KeyComparisonProps) {
  const pinned = keys.pinned ?? keys.known.map((sha256) => ({ type: "", sha256, store: undefined, since: undefined }));
  return (
    <dl className="rs-facts">
      <dt>Trusted</dt>
      {pinned.map(({ type, sha256, store, since }) => (
        <dd key={`${store ?? ""} ${sha256}`}>
          {type === "" ? null : <DeviceText text={type} />}
          {store === undefined ? "" : `, known to ${STORES[store]}`}
          {since === undefined ? "" : ` since ${since.slice(0, 10)}`}
          <Seen dates={dates(sha256)} />
          <code className="rs-code-line rs-selectable">
            <DeviceText text={sha256} />
          </code>
        </dd>
      ))}
      <dt>Shown now</dt>
      <dd>
        <DeviceText text={keys.type} />
        <Seen dates={dates(keys.offered)} />
        <code className="rs-code-line rs-selectable">
          <DeviceText text={keys.offered} />
        </code>
      </dd>
    </dl>
  );
}

function Seen({ dates }: { dates: SeenDates | undefined }) {
  if (dates === undefined) return null;
  const { first, last } = dates;
  return `, met by this tablet first on ${day(first)}, last on ${day(last)}`;
}
