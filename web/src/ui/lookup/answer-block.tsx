import type { LookupAnswer } from "#bridge/types.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { agoText } from "../format/times.ts";
import type { Row } from "../panels/table-order.ts";
import { Values } from "../port/values.tsx";
import { Chip } from "../primitives/chip.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { AnswerSource } from "./answer-source.tsx";
import type { What } from "./lookup-plan.ts";
import { isNotOffered, outcomeWords } from "./outcome-words.ts";

/** Entries drawn at once: a lookup gives a few, and its raw text has all of them. */
const SHOWN = 40;

const fieldsOf = (panel: "route_lookup" | "arp_table" | "mac_table", id: string): readonly FieldDef[] =>
  panelDef(panel).sections.find((section) => section.id === id)?.fields ?? [];

/** What one command said: what it means, how old it is, and the way to its raw text [T6]. */
export function AnswerBlock({ device, answer, what }: { device: string; answer: LookupAnswer; what: What }) {
  const now = useNow();
  const { source, outcome } = answer;
  return (
    <article className="rs-lookup-answer" data-outcome={outcome}>
      <header>
        {source === undefined ? null : (
          <code>
            <DeviceText text={source.command} />
          </code>
        )}
        {source === undefined ? null : <span className="rs-muted">{agoText(Math.max(0, now - source.ts))}</span>}
      </header>
      {outcome === "ok" ? (
        <Found answer={answer} what={what} />
      ) : (
        <p>
          <Chip
            icon={isNotOffered(answer) ? "unsupported" : "warn"}
            plain
            tone={isNotOffered(answer) ? "unknown" : "warn"}
          >
            {isNotOffered(answer) ? "not offered" : "no answer"}
          </Chip>{" "}
          {outcomeWords(answer)}
        </p>
      )}
      <AnswerSource answer={answer} device={device} />
    </article>
  );
}

function Found({ answer, what }: { answer: LookupAnswer; what: What }) {
  const { data } = answer;
  if (what === "route") return <RouteFound answer={answer} />;
  const table = what === "address" ? data?.arp_table : data?.mac_table;
  const rows = table?.rows as readonly Row[] | undefined;
  if (rows === undefined) return <Nothing />;
  if (rows.length === 0)
    return <p>{what === "address" ? "The device has no entry for it." : "This MAC is not in the table."}</p>;
  return <Rows fields={fieldsOf(what === "address" ? "arp_table" : "mac_table", "rows")} rows={rows} />;
}

/** "No route" is said only where the device said so: an empty list stands for proof, an absent one for nothing [T66]. */
function RouteFound({ answer }: { answer: LookupAnswer }) {
  const found = answer.data?.route_lookup;
  const { matches, fib } = found ?? {};
  if (matches === undefined && fib === undefined) return <Nothing />;
  return (
    <>
      {matches === undefined ? null : matches.length === 0 ? (
        <p>
          <Chip icon="minus" plain tone="neutral">
            no route
          </Chip>{" "}
          The device says that its table has none for this address.
        </p>
      ) : (
        <Rows fields={fieldsOf("route_lookup", "matches")} rows={matches} />
      )}
      {fib === undefined ? null : (
        <>
          <h4>Forwarding</h4>
          <Values fields={fieldsOf("route_lookup", "fib")} row={fib} />
        </>
      )}
    </>
  );
}

const Nothing = () => (
  <p className="rs-muted">The answer says nothing about it that this app understands. Its raw text is kept.</p>
);

function Rows({ fields, rows }: { fields: readonly FieldDef[]; rows: readonly Row[] }) {
  return (
    <>
      {rows.slice(0, SHOWN).map((row) => (
        <Values fields={fields} key={JSON.stringify(row)} row={row} />
      ))}
      {rows.length > SHOWN ? <p className="rs-muted">{rows.length} in all; the raw text has them.</p> : null}
    </>
  );
}
