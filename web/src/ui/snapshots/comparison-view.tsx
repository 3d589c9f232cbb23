import { useEffect, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { Comparison, ErrorPayload, ExportedFile, Side } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Switch } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { CopyButton } from "../text/copy-button.tsx";
import { ExportOutcome } from "../text/export-outcome.tsx";
import { useExport } from "../text/use-export.ts";
import { differencesByPanel, notComparedText, type PanelDifferences, summaryText } from "./difference-words.ts";

type ComparisonProps = { device: string; connected: boolean; before: Side; after: Side };

/** What differs between two states of a device, panel by panel, and the way to a ticket [T87]. */
export function ComparisonView({ device, connected, before, after }: ComparisonProps) {
  const dispatch = useDispatch();
  const [comparison, setComparison] = useState<Comparison>();
  const [error, setError] = useState<ErrorPayload>();
  // Compared once: what is read must not change under the eye.
  useEffect(() => {
    let live = true;
    const ask = async (): Promise<void> => {
      const result = await dispatch<Comparison>(deskCommand(device, "compare", { before, after }));
      if (!live) return;
      if (result.ok) setComparison(result.value);
      else setError(result.error);
    };
    void ask();
    return () => {
      live = false;
    };
  }, [device, dispatch, before, after]);
  const now = useNow();
  if (error !== undefined) return <ErrorNote error={error} />;
  if (comparison === undefined) return <p className="rs-muted">Reading once more what is old, then comparing</p>;
  const { not_compared, equal, read } = comparison;
  return (
    <div className="rs-comparison" data-testid="comparison">
      <p>
        <strong>{comparison.before.name}</strong> ({clockText(comparison.before.at, now)}) against{" "}
        <strong>{comparison.after.name}</strong> ({clockText(comparison.after.at, now)})
        {connected || after !== "now" ? "" : ": not connected, so “now” cannot be read"}
      </p>
      {comparison.other_device === true ? (
        <Callout title="The serial numbers differ" tone="warn">
          <p>This is another box, or it was replaced.</p>
        </Callout>
      ) : null}
      <p className="rs-comparison-sum">{summaryText(comparison)}</p>
      {differencesByPanel(comparison).map((panel) => (
        <PanelTable key={panel.panel} {...panel} />
      ))}
      {not_compared.length === 0 ? null : (
        <section>
          <h3>Could not be compared</h3>
          <ul>
            {not_compared.map((one) => (
              <li key={`${one.panel} ${one.section}`}>{notComparedText(one)}</li>
            ))}
          </ul>
        </section>
      )}
      {equal.length === 0 ? null : (
        <details className="rs-details">
          <summary>
            <Icon name="right" />
            Equal: {equal.length} {equal.length === 1 ? "panel" : "panels"}
          </summary>
          <p>{equal.map((panel) => panelDef(panel).title).join(", ")}</p>
        </details>
      )}
      {read.length === 0 ? null : (
        <details className="rs-details">
          <summary>
            <Icon name="right" />
            When each panel was read
          </summary>
          <table className="rs-comparison-table">
            <caption className="rs-visually-hidden">When each panel was read</caption>
            <thead>
              <tr>
                <th scope="col">Panel</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            <tbody>
              {read.map((one) => (
                <tr key={one.panel}>
                  <th scope="row">{panelDef(one.panel).title}</th>
                  <td>{one.before === undefined ? "–" : clockText(one.before, now)}</td>
                  <td>{one.after === undefined ? "–" : clockText(one.after, now)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <ExportComparison after={after} before={before} device={device} />
    </div>
  );
}

function PanelTable({ title, lines }: PanelDifferences) {
  return (
    <section>
      <h3>{title}</h3>
      <table className="rs-comparison-table rs-selectable">
        <caption className="rs-visually-hidden">Differences of {title}</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">How</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, what, how, from, to }) => (
            <tr key={key}>
              <th scope="row">
                <bdi>{what}</bdi>
              </th>
              <td>{how}</td>
              <td>{from === undefined ? <span className="rs-muted">–</span> : <bdi>{from}</bdi>}</td>
              <td>{to === undefined ? <span className="rs-muted">–</span> : <bdi>{to}</bdi>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The comparison for a ticket: as files, or into the clipboard; names and addresses hidden on request. */
function ExportComparison({ device, before, after }: Omit<ComparisonProps, "connected">) {
  const dispatch = useDispatch();
  const [mask, setMask] = useState(false);
  const [captures, setCaptures] = useState(false);
  const [text, setText] = useState<{ mask: boolean; markdown: string }>();
  const [state, run] = useExport(device);
  // Ready before the tap: a clipboard takes a text only inside it [U39].
  useEffect(() => {
    let live = true;
    const ask = async (): Promise<void> => {
      const payload = { before, after, format: "md", mask, captures: false } as const;
      const result = await dispatch<ExportedFile>(deskCommand(device, "compare_export", payload));
      if (live && result.ok && result.value !== undefined) setText({ mask, markdown: result.value.text });
    };
    void ask();
    return () => {
      live = false;
    };
  }, [device, dispatch, before, after, mask]);
  const save = (format: "md" | "json"): void => void run("compare_export", { before, after, format, mask, captures });
  return (
    <section className="rs-form">
      <h3>For a ticket</h3>
      <Switch
        checked={mask}
        hint="Each under one stand-in, so that the report still tells who is who"
        label="Hide names and addresses"
        onChange={setMask}
      />
      <Switch
        checked={captures}
        hint="As far as they are still kept; in raw text only names that the app knows are hidden"
        label="Raw answers in the JSON file"
        onChange={setCaptures}
      />
      <div className="rs-btn-row">
        <Button icon="download" onClick={() => save("md")}>
          Markdown
        </Button>
        <Button icon="download" onClick={() => save("json")}>
          JSON
        </Button>
        {text?.mask === mask ? <CopyButton label="Copy Markdown" text={text.markdown} /> : null}
      </div>
      <ExportOutcome state={state} />
    </section>
  );
}
