import "./collector-body.css";
import type { CSSProperties } from "react";
import type { CollectorCommand, CollectorStats } from "#telemetry/knowledge/collector-data.ts";
import {
  panelDef,
  type RecordSection as RecordDef,
  type TableSection as TableDef,
} from "#telemetry/knowledge/panels.ts";
import { withIec } from "../format/numbers.ts";
import { durationText, msText } from "../format/times.ts";
import { Chip } from "../primitives/chip.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import {
  capText,
  channelWord,
  commandShares,
  guardWords,
  nextCommand,
  nextText,
  troubleText,
} from "./collector-words.ts";
import { RecordSection } from "./record-section.tsx";
import { TableSection } from "./table-section.tsx";

/** Commands on the card; all of them are in its sheet. */
const COMMANDS_SHOWN = 5;
/** Said before already, larger. */
const SAID = ["guard", "guard_reason", "duty_pct", "duty_cap_pct"];

/** What telemetry costs the device and what holds it back: guard, share of time, next command, cost of each [T61]. */
export function CollectorBody({ device, data, full }: { device: string; data: CollectorStats; full: boolean }) {
  const now = useNow();
  const { duty_pct: duty, duty_cap_pct: cap } = data;
  const guard = guardWords(data);
  const silent = data.guard === "paused" || data.guard === "suspended";
  const next = silent ? undefined : nextCommand(data.commands, now);
  const shares = commandShares(data.commands);
  const shown = full ? shares : shares.slice(0, COMMANDS_SHOWN);
  const [totals, table] = panelDef("collector").sections;
  return (
    <>
      <div className="rs-guard" data-testid="guard">
        <Chip icon={guard.icon} tone={guard.tone}>
          {guard.word}
        </Chip>
        <p>{data.guard_reason ?? guard.sentence}</p>
      </div>
      <div className="rs-load">
        <Duty cap={cap} duty={duty} />
        <div>
          <div className="rs-muted">Next command</div>
          <div className="rs-guard-next" data-testid="next-command">
            {next === undefined ? (
              silent ? (
                "None"
              ) : (
                "Nothing is due"
              )
            ) : (
              <>
                <code>
                  <DeviceText text={next.command} />
                </code>
                {` · ${nextText(next.inMs)}`}
              </>
            )}
          </div>
        </div>
      </div>
      {shown.length === 0 ? null : (
        <section>
          <h4 className="rs-muted">Share of the device’s time by command</h4>
          <ul className="rs-costs">
            {shown.map(({ command, pct, bar }) => (
              <li className="rs-cost" key={command.command}>
                <span className="rs-costs-name">
                  <code>
                    <DeviceText text={command.command} />
                  </code>
                </span>
                <span className="rs-costs-pct">{pct < 0.005 ? "0" : pct.toFixed(2)} %</span>
                <span aria-hidden="true" className="rs-meter" style={{ "--value": bar } as CSSProperties}>
                  <span />
                </span>
                <span className="rs-costs-note">{noteText(command)}</span>
              </li>
            ))}
          </ul>
          {shown.length < shares.length ? (
            <p className="rs-costs-more rs-muted">{shares.length - shown.length} more in the whole panel.</p>
          ) : null}
        </section>
      )}
      <RecordSection
        def={totals as RecordDef}
        full={full}
        skip={SAID}
        values={data.transport === undefined ? data : { ...data, transport: channelWord(data.transport) }}
      />
      {full ? (
        <TableSection
          count={data.commands.length}
          def={table as TableDef}
          device={device}
          maxRows={12}
          panel="collector"
          rows={data.commands}
        />
      ) : null}
    </>
  );
}

/** Share of the last minute that commands took, held against its limit. */
function Duty({ duty, cap }: { duty: number; cap: number }) {
  const of = cap > 0 ? (100 * duty) / cap : 0;
  const near = of >= 80;
  return (
    <div className="rs-gauge">
      <span>
        Share of the device’s time
        {near ? <strong> · {of >= 100 ? "used up" : "near its limit"}</strong> : null}
      </span>
      <span className="rs-gauge-value">{duty.toFixed(1)} %</span>
      <span
        aria-hidden="true"
        className="rs-meter"
        data-level={near ? "warn" : "ok"}
        style={{ "--value": Math.min(100, of) } as CSSProperties}
      >
        <span />
      </span>
      <span className="rs-gauge-note">{capText(cap)}</span>
    </div>
  );
}

function noteText(command: CollectorCommand): string {
  const { interval_ms: interval, last_ms: last, bytes } = command;
  const parts = [
    interval === undefined ? "on demand" : `every ${durationText(interval / 1_000)}`,
    last === undefined ? "not measured yet" : `took ${msText(last)}`,
    bytes === undefined ? "" : withIec(bytes),
    troubleText(command) ?? "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
