import type { LookupAnswer, PortPanel } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { agoText, msText } from "../format/times.ts";
import { AnswerSource } from "../lookup/answer-source.tsx";
import { isNotOffered, outcomeWords } from "../lookup/outcome-words.ts";
import type { Row } from "../panels/table-order.ts";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { OpticLane } from "./optic-lane.tsx";
import type { Details } from "./use-port-details.ts";
import { Values } from "./values.tsx";

const TITLES: Record<PortPanel, string> = {
  optics: "Optics",
  poe: "Power over Ethernet",
  mac_table: "MAC addresses on this port",
};
const NONE: Record<PortPanel, string> = {
  optics: "No optical module is read on this port.",
  poe: "This port gives no power.",
  mac_table: "No address is learnt on this port.",
};
/** Addresses listed; a trunk has thousands, and the whole table is one tap away in its panel. */
const MACS_SHOWN = 24;

type Answer = LookupAnswer & { panel: PortPanel };

/** What was asked of this port only: when, with what answer, and what the platform has no command for [T76] [T88]. */
export function PortDetailParts({ device, details }: { device: string; details: Details }) {
  const { known, error, busy } = details;
  const now = useNow();
  const offered = known?.answers.filter((answer) => !isNotOffered(answer)) ?? [];
  const refused = [
    ...(known?.gaps.map(({ panel, why }) => ({ panel, why: why ?? "This platform has no command for it." })) ?? []),
    ...(known?.answers.flatMap((answer) =>
      isNotOffered(answer) ? [{ panel: answer.panel, why: outcomeWords(answer) }] : [],
    ) ?? []),
  ];
  return (
    <>
      {busy === undefined ? null : (
        <p className="rs-muted" role="status">
          Asking for optics, power and addresses of this port · {msText(Math.max(0, now - busy))}
        </p>
      )}
      <ErrorNote error={error} />
      {offered.map((answer) => (
        <section className="rs-port-part" key={answer.panel}>
          <div className="rs-port-head">
            <h3>{TITLES[answer.panel]}</h3>
            {answer.source === undefined ? null : (
              <span className="rs-muted">{agoText(Math.max(0, now - answer.source.ts))}</span>
            )}
          </div>
          <AnswerPart answer={answer} />
          <AnswerSource answer={answer} device={device} />
        </section>
      ))}
      {refused.length === 0 ? null : (
        <section className="rs-port-part" data-testid="port-not-offered">
          <h3>Not offered here</h3>
          {refused.map(({ panel, why }) => (
            <p key={panel}>
              {TITLES[panel]}: <span className="rs-muted">{why}</span>
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function AnswerPart({ answer }: { answer: Answer }) {
  const { panel, data, outcome } = answer;
  if (outcome !== "ok") return <p>{outcomeWords(answer)}</p>;
  const rows = (data?.[panel]?.rows ?? []) as readonly Row[];
  if (rows.length === 0) return <p className="rs-muted">{NONE[panel]}</p>;
  if (panel === "optics") return rows.map((row) => <OpticLane key={String(row.lane)} row={row} />);
  const fields = panelDef(panel).sections.find(({ kind }) => kind === "table")?.fields ?? [];
  if (panel === "poe")
    return rows.map((row) => <Values fields={fields} key={String(row.if)} row={row} skip={["if"]} />);
  const count = answer.data?.mac_table?.row_count ?? rows.length;
  return (
    <>
      <ul className="rs-port-macs rs-selectable">
        {rows.slice(0, MACS_SHOWN).map((row) => (
          <li key={`${String(row.mac)} ${String(row.vlan)}`}>
            <code>{escapeDeviceText(String(row.mac), 32)}</code>
            <span className="rs-muted">
              VLAN {escapeDeviceText(String(row.vlan), 16)}
              {typeof row.type === "string" ? `, ${escapeDeviceText(row.type, 24)}` : ""}
            </span>
          </li>
        ))}
      </ul>
      {count > MACS_SHOWN ? <p className="rs-muted">{groupDigits(String(count))} in all.</p> : null}
    </>
  );
}
