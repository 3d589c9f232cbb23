import { useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload, PortView } from "#bridge/types.ts";
import { counterText, groupDigits, threeDigits } from "../format/numbers.ts";
import { agoText, clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { PartHead } from "./part-head.tsx";
import { COUNTER_FIELDS, counted, type Opened, type PortFacts, sinceOpened } from "./port-facts.ts";

const LOST: Record<NonNullable<PortView["zero_lost"]>["why"], string> = {
  reset: "the device's counters began anew or wrapped",
  gone: "the device no longer had the port",
  reload: "the device was started anew",
};

type PortCountersProps = { device: string; port: string; facts: PortFacts; connected: boolean };

/** Counters since the person's zero, else since the card was opened, beside the device's own [T88]. */
export function PortCounters({ device, port, facts, connected }: PortCountersProps) {
  const dispatch = useDispatch();
  const view = useView(`port:${device}`);
  const now = useNow();
  const [error, setError] = useState<ErrorPayload>();
  const zero = view?.interface === port && view.zero_at !== undefined ? view : undefined;
  const opened = useSinceOpened(facts);
  const since = zero === undefined ? opened.since : (zero.since_zero ?? {});
  const from = zero?.zero_at ?? opened.at;
  const perS = facts.sample?.row.err_per_s;
  const known = COUNTER_FIELDS.filter(({ field }) => facts.counters[field] !== undefined);
  const put = async (on: boolean): Promise<void> => {
    const result = await dispatch(deskCommand(device, "port_zero", { interface: port, on }));
    setError(result.ok ? undefined : result.error);
  };
  const reading = facts.sample?.reading;
  return (
    <section className="rs-port-part">
      <PartHead
        connected={connected}
        device={device}
        panel={reading?.panel ?? "ifcounters"}
        reading={reading}
        title="Errors and counters"
      />
      <p>
        {typeof perS === "number" ? (
          <>
            <strong>{perS === 0 ? "No" : threeDigits(perS)}</strong> errors per second now
          </>
        ) : (
          <span className="rs-muted">Errors per second need a second sample.</span>
        )}
      </p>
      <div className="rs-port-zero">
        <p aria-live="polite">
          {zero !== undefined && from !== undefined
            ? `Counted from your zero at ${clockText(from, now)}, ${agoText(now - from)}.`
            : from === undefined
              ? "Counting begins with the first sample."
              : `Counted since this card was opened, ${agoText(now - from)}.`}
        </p>
        <div className="rs-btn-row">
          <Button icon="reset" onClick={() => void put(true)}>
            {zero === undefined ? "Zero" : "Zero again"}
          </Button>
          {zero === undefined ? null : (
            <Button onClick={() => void put(false)} variant="ghost">
              Give up zero
            </Button>
          )}
        </div>
      </div>
      {zero?.zero_lost === undefined ? null : (
        <Callout
          title={`Your zero ended at ${clockText(zero.zero_lost.at, now)}: ${LOST[zero.zero_lost.why]}`}
          tone="warn"
        >
          <p>What stands here was counted up to then. Zero again to count on.</p>
        </Callout>
      )}
      {zero === undefined && opened.broken !== undefined ? (
        <Callout title={`Counters fell at ${clockText(opened.broken, now)}: counting since opening ended`} tone="warn">
          <p>The device cleared them, or one of them wrapped. Zero to count on.</p>
        </Callout>
      ) : null}
      <ErrorNote error={error} />
      {known.length === 0 ? (
        <p className="rs-muted">No counters were read of this port yet.</p>
      ) : (
        <table className="rs-port-counters rs-selectable">
          <thead>
            <tr>
              <th scope="col">Counter</th>
              <th scope="col">{zero === undefined ? "Since opened" : "Since zero"}</th>
              <th scope="col">Device's own</th>
            </tr>
          </thead>
          <tbody>
            {known.map(({ field, label }) => (
              <tr key={field}>
                <th scope="row">{label}</th>
                <Figure value={since[field]} />
                <Figure value={facts.counters[field]} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Figure({ value }: { value: string | undefined }) {
  if (value === undefined) return <td className="rs-unknown">–</td>;
  return <td title={groupDigits(value)}>{counterText(value)}</td>;
}

type Seen = { opened: Opened; last: PortFacts["counters"]; ts: number };

/** Counts from the first sample that the open card saw; nothing of it is kept. */
function useSinceOpened(facts: PortFacts): { since: PortFacts["counters"]; at?: number; broken?: number } {
  const [seen, setSeen] = useState<Seen>();
  const ts = facts.sample?.reading.ts;
  if (ts !== undefined && Object.keys(facts.counters).length > 0 && ts !== seen?.ts) {
    const opened = sinceOpened(seen?.opened, seen?.last ?? {}, facts.counters, ts);
    // Once it ended, what was counted until then stays.
    setSeen({ opened, last: opened.broken === undefined ? facts.counters : (seen?.last ?? {}), ts });
  }
  if (seen === undefined) return { since: {} };
  const { at, base, broken } = seen.opened;
  return { since: counted(base, seen.last), at, ...(broken === undefined ? {} : { broken }) };
}
