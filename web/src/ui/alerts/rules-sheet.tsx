import { useCallback, useEffect, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { type Unversioned, useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, ListedRule, Result } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { keptValueText } from "../changes/change-words.ts";
import { durationText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Switch } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { RuleForm } from "./rule-form.tsx";

/** What a rule asks, in one line; figures of ours say so, and so do limits of the device [T89]. */
export function ruleText(rule: ListedRule): string {
  const { sections, title } = panelDef(rule.panel);
  const section = sections.find((one) =>
    rule.section === undefined ? one.kind === "record" : one.kind === "table" && one.path === rule.section,
  );
  const def = section?.fields.find(({ field }) => field === rule.field);
  const say = (limit: ListedRule["warn"]): string =>
    Array.isArray(limit) ? limit.join(" or ") : (keptValueText(String(limit), def?.unit, 0) ?? String(limit));
  const joins = { above: "above", below: "below", is: "is", is_not: "is not", was: `${rule.was ?? ""} becomes` };
  const levels = [
    rule.warn === undefined ? undefined : `warning ${joins[rule.op]} ${say(rule.warn)}`,
    rule.crit === undefined ? undefined : `critical ${joins[rule.op]} ${say(rule.crit)}`,
  ].filter((part) => part !== undefined);
  const whose =
    rule.from_device === undefined ? (rule.our_default === true ? "our default" : undefined) : "limits of the device";
  const hold = rule.hold_s === 0 ? undefined : `for ${durationText(rule.hold_s)}`;
  return [`${title}, ${def?.label ?? rule.field}: ${levels.join(", ")}`, hold, whose]
    .filter((part) => part !== undefined)
    .join("; ");
}

/** An id of a rule of the person that none has yet. */
export function freeId(rules: readonly ListedRule[]): string {
  const taken = new Set(rules.map(({ id }) => id));
  let n = 1;
  while (taken.has(`own.${n}`)) n++;
  return `own.${n}`;
}

/** Alert rules of this tablet: switched, changed, reset, added [T90]. They hold for all devices. */
export default function RulesSheet({ device, onClose }: { device: string; onClose: () => void }) {
  const dispatch = useDispatch();
  const [rules, setRules] = useState<readonly ListedRule[]>();
  const [error, setError] = useState<ErrorPayload>();
  const [editing, setEditing] = useState<ListedRule | "new">();
  const take = useCallback((result: Result<readonly ListedRule[]>): void => {
    if (result.ok) setRules(result.value ?? []);
    else setError(result.error);
  }, []);
  const load = useCallback(
    () => dispatch<readonly ListedRule[]>(deskCommand(device, "alert_rules", {})).then(take),
    [device, dispatch, take],
  );
  useEffect(() => void load(), [load]);

  const send = async (command: Unversioned): Promise<void> => {
    const result = await dispatch(command);
    setError(result.ok ? undefined : result.error);
    await load();
  };
  return (
    <Sheet
      footer={
        <Button icon="add" onClick={() => setEditing("new")} variant="primary">
          New rule
        </Button>
      }
      icon="tune"
      onClose={onClose}
      title="Alert rules"
      width="560px"
    >
      <p className="rs-muted">
        For all devices, kept on this tablet. Where a device has limits of its own, they count.
      </p>
      {error === undefined ? null : <ErrorNote error={error} />}
      <ul className="rs-rule-list">
        {(rules ?? []).map((rule) => (
          <li key={rule.id}>
            <Switch
              checked={rule.enabled}
              hint={ruleText(rule)}
              label={rule.title}
              onChange={(enabled) => void send(deskCommand(device, "alert_rule_put", { rule: { ...rule, enabled } }))}
            />
            <div className="rs-btn-row">
              <Button icon="edit" label={`Edit ${rule.title}`} onClick={() => setEditing(rule)} variant="ghost">
                Edit
              </Button>
              {rule.origin === "shipped" ? null : (
                <Button
                  icon={rule.origin === "own" ? "remove" : "reset"}
                  label={`${rule.origin === "own" ? "Remove" : "As shipped:"} ${rule.title}`}
                  onClick={() => void send(deskCommand(device, "alert_rule_remove", { id: rule.id }))}
                  variant="ghost"
                >
                  {rule.origin === "own" ? "Remove" : "As shipped"}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {editing === undefined ? null : (
        <RuleForm
          device={device}
          id={freeId(rules ?? [])}
          key={editing === "new" ? "new" : editing.id}
          onDone={(saved) => {
            setEditing(undefined);
            if (saved) void load();
          }}
          rule={editing === "new" ? undefined : editing}
          shipped={editing !== "new" && editing.origin !== "own"}
        />
      )}
    </Sheet>
  );
}
