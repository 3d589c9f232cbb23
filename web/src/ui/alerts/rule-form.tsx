import { useEffect, useRef, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { AlertOp, AlertRule, ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { SelectField, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import {
  draftOf,
  isNumeric,
  newDraft,
  opsOf,
  places,
  type RuleDraft,
  ruleOf,
  rulePanels,
  wrongField,
} from "./rule-draft.ts";

const OPS: Record<AlertOp, string> = {
  above: "is above",
  below: "is below",
  is: "is one of",
  is_not: "is none of",
  was: "becomes one of, once it was",
};

type RuleFormProps = {
  device: string;
  /** The rule to edit; absent: a new one, with `id`. */
  rule?: AlertRule | undefined;
  id: string;
  /** Its place and question are the app's; limits, hold and clear are the person's. */
  shipped: boolean;
  onDone: (saved: boolean) => void;
};

/** A rule's limits and times; the worker checks them and what is wrong stands beside its field [T90]. */
export function RuleForm({ device, rule, id, shipped, onDone }: RuleFormProps) {
  const dispatch = useDispatch();
  const [draft, setDraft] = useState<RuleDraft>(() => (rule === undefined ? newDraft(id) : draftOf(rule)));
  const [error, setError] = useState<ErrorPayload>();
  const form = useRef<HTMLDivElement>(null);
  // What is wrong may lie below what is in sight.
  useEffect(() => {
    if (error === undefined) return;
    const input = form.current?.querySelector<HTMLElement>("[aria-invalid]");
    input?.focus();
    input?.closest(".rs-field")?.scrollIntoView({ block: "center" });
  }, [error]);
  const set = (change: Partial<RuleDraft>): void => setDraft({ ...draft, ...change });
  const wrong = wrongField(error?.detail);
  const at = (field: string): string | undefined => (wrong?.field === field ? wrong.why : undefined);
  const choices = places(draft.panel);
  const place = choices.find((one) => one.place === draft.place);
  const numeric = isNumeric(draft.op);
  const unit = numeric && place?.unit !== undefined ? `, ${place.unit}` : "";
  const goTo = (panel: RuleDraft["panel"], wanted?: string): void => {
    const next = places(panel).find((one) => one.place === wanted) ?? places(panel)[0];
    const ops = opsOf(next?.numeric ?? true);
    const op = ops.includes(draft.op) ? draft.op : (ops[0] ?? "above");
    set({ panel, place: next?.place ?? "", op });
  };
  const save = async (): Promise<void> => {
    const result = await dispatch(deskCommand(device, "alert_rule_put", { rule: ruleOf(draft, rule) }));
    if (result.ok) onDone(true);
    else setError(result.error);
  };
  const shownFields = ["title", "panel", "section", "field", "op", "was", "warn", "crit", "clear", "hold_s"];
  const hint = numeric ? undefined : "Words with commas between them";
  return (
    <Dialog
      footer={
        <>
          <Button onClick={() => onDone(false)}>Cancel</Button>
          <Button icon="check" onClick={() => void save()} variant="primary">
            Save rule
          </Button>
        </>
      }
      onClose={() => onDone(false)}
      title={rule === undefined ? "New alert rule" : rule.title}
    >
      <div className="rs-form" ref={form}>
        {error !== undefined && (wrong === undefined || !shownFields.includes(wrong.field)) ? (
          <ErrorNote error={error} />
        ) : null}
        {shipped ? (
          <p className="rs-muted">
            {rulePanels.find((one) => one.id === draft.panel)?.title}, {place?.label ?? draft.place}: {OPS[draft.op]}
            {draft.op === "was" ? ` “${draft.was}”` : ""}
          </p>
        ) : (
          <>
            <TextField
              error={at("title")}
              label="Name"
              maxLength={80}
              onChange={(title) => set({ title })}
              value={draft.title}
            />
            <SelectField
              choices={rulePanels.map((one) => ({ value: one.id, label: one.title }))}
              error={at("panel") ?? at("section")}
              label="Panel"
              onChange={(panel) => goTo(panel)}
              value={draft.panel}
            />
            <SelectField
              choices={choices.map((one) => ({ value: one.place, label: one.label }))}
              error={at("field")}
              label="Value"
              onChange={(to) => goTo(draft.panel, to)}
              value={draft.place}
            />
            <SelectField
              choices={opsOf(place?.numeric ?? true).map((op) => ({ value: op, label: OPS[op] }))}
              error={at("op")}
              label="Raises when it"
              onChange={(op) => set({ op })}
              value={draft.op}
            />
            {draft.op === "was" ? (
              <TextField error={at("was")} label="It was" onChange={(was) => set({ was })} value={draft.was} />
            ) : null}
          </>
        )}
        <TextField
          error={at("warn")}
          hint={draft.op === "is_not" ? "Words that are fine, with commas between them; empty: never" : hint}
          label={`Warning${unit}`}
          onChange={(warn) => set({ warn })}
          value={draft.warn}
        />
        <TextField
          error={at("crit")}
          hint={draft.op === "is_not" ? "Words that are fine, with commas between them; empty: never" : hint}
          label={`Critical${unit}`}
          onChange={(crit) => set({ crit })}
          value={draft.crit}
        />
        {numeric ? (
          <TextField
            error={at("clear")}
            hint="Empty: as soon as it is back within its limit"
            inputMode="decimal"
            label={`Clears at${unit}`}
            onChange={(clear) => set({ clear })}
            value={draft.clear}
          />
        ) : null}
        <TextField
          error={at("hold_s")}
          hint="It must hold this long before it raises or clears"
          inputMode="numeric"
          label="Hold, seconds"
          onChange={(hold_s) => set({ hold_s })}
          value={draft.hold_s}
        />
      </div>
    </Dialog>
  );
}
