import "./table-sheet.css";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Switch } from "../primitives/field.tsx";
import { ExportOutcome } from "../text/export-outcome.tsx";
import { useExport } from "../text/use-export.ts";
import { chosenColumns } from "./columns.ts";
import { chosenFields, columnsKey, withChosenFields } from "./panel-layout.ts";
import type { TableToolsProps } from "./table-tools.tsx";

/** Which columns a table has, and the table as a file [T77]. */
export default function TableSheet(props: TableToolsProps & { onClose: () => void }) {
  const { device, panel, def, onClose } = props;
  const title = panelDef(panel).title;
  return (
    <Sheet
      icon="columns"
      onClose={onClose}
      testId="table-sheet"
      title={def.title === undefined ? title : `${title}: ${def.title}`}
    >
      <ExportTable {...props} />
      {panel === "audit" ? <ExportAudit device={device} /> : null}
      <Columns def={def} panel={panel} />
    </Sheet>
  );
}

function ExportTable({ device, panel, def, sort, filter, count }: TableToolsProps) {
  const [state, run] = useExport(device);
  const by = def.fields.find((one) => one.field === sort?.field)?.label;
  const save = (format: "csv" | "json"): void =>
    void run("table_export", {
      panel,
      table: def.path,
      format,
      // The table of interfaces shows rates and counters beside the states.
      ...(panel === "ifstate" ? { beside: "ifcounters" } : {}),
      ...(sort === undefined ? {} : { sort }),
      ...(filter.trim() === "" ? {} : { filter }),
    });
  return (
    <section className="rs-form">
      <h3>As a file</h3>
      <p className="rs-muted">
        {filter.trim() === "" ? `All ${groupDigits(String(count))} rows` : `Rows that match “${filter.trim()}”`}
        {by === undefined ? "" : `, by ${by}${sort?.descending === true ? ", largest first" : ""}`}, all columns, exact
        values, with device, command and time.
      </p>
      <div className="rs-btn-row">
        <Button icon="download" onClick={() => save("csv")}>
          CSV
        </Button>
        <Button icon="download" onClick={() => save("json")}>
          JSON
        </Button>
      </div>
      <ExportOutcome state={state} />
    </section>
  );
}

/** More than the panel shows: what was sent in a week, also before this start [T61]. */
export function ExportAudit({ device }: { device: string }) {
  const [state, run] = useExport(device);
  return (
    <section className="rs-form">
      <h3>Everything of 7 days</h3>
      <p className="rs-muted">
        Every command that was sent to this device in the last 7 days, with time, bytes and outcome.
      </p>
      <div className="rs-btn-row">
        <Button icon="download" onClick={() => void run("audit_export", { format: "csv" })}>
          Export 7 days, CSV
        </Button>
        <Button icon="download" onClick={() => void run("audit_export", { format: "json" })}>
          Export 7 days, JSON
        </Button>
      </div>
      <ExportOutcome state={state} />
    </section>
  );
}

/** The choice is the user's and the panel's, shared by all devices [U79]. */
function Columns({ panel, def }: Pick<TableToolsProps, "panel" | "def">) {
  const ui = useView("ui_state");
  const dispatch = useDispatch();
  const chosen = chosenFields(ui, panel, def.path);
  const lead = def.fields.find((one) => one.key);
  const put = (fields: readonly string[] | undefined): void =>
    void dispatch(commands.updateLayout(columnsKey(panel), withChosenFields(ui, panel, def.path, fields)));
  const usual = def.fields.filter((one) => one !== lead && one.prio === 1).map((one) => one.field);
  const toggle = (field: string, on: boolean): void => {
    const others = (chosen ?? []).filter((one) => one !== field);
    put(on ? [...others, field] : others);
  };
  return (
    <section className="rs-form">
      <h3>Columns</h3>
      <Switch
        checked={chosen === undefined}
        hint="What matters most, as much as there is room for"
        label="Fit to the screen"
        onChange={(fit) => put(fit ? undefined : usual)}
      />
      {chosen === undefined ? null : (
        <fieldset className="rs-column-list">
          <legend className="rs-field-hint">
            {lead?.label} is always there. More columns than fit scroll sideways.
          </legend>
          {def.fields.map((one) =>
            one === lead ? null : (
              <label key={one.field}>
                <input
                  checked={chosen.includes(one.field)}
                  onChange={(event) => toggle(one.field, event.currentTarget.checked)}
                  type="checkbox"
                />
                <span>{one.label}</span>
              </label>
            ),
          )}
        </fieldset>
      )}
      <p className="rs-muted">
        {chosen === undefined
          ? "Every value of a row is one tap away."
          : `${chosenColumns(def.fields, chosen).length} of ${def.fields.length} columns.`}
      </p>
    </section>
  );
}
