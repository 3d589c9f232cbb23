import { lazy, Suspense, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Segments, SelectField, Switch } from "../primitives/field.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { movedPanel, orderedPanels, PANEL_ORDER_KEY, panelVisible } from "./panel-layout.ts";

const RulesSheet = lazy(() => import("../alerts/rules-sheet.tsx"));

/** Which panels are shown and in which order, how often the device is asked, and what it is taken for. */
export default function TelemetrySheet({ device, onClose }: { device: string; onClose: () => void }) {
  const ui = useView("ui_state");
  const ssh2 = useView(`device:${device}`)?.ssh2;
  const dispatch = useDispatch();
  const [rules, setRules] = useState(false);
  const panels = orderedPanels(ui);
  const move = (id: PanelId, step: -1 | 1): void => {
    const order = movedPanel(panels, id, step);
    if (order !== undefined) void dispatch(commands.updateLayout(PANEL_ORDER_KEY, { order }));
  };
  return (
    <Sheet icon="panels" onClose={onClose} title="Panels and telemetry">
      {ssh2 === undefined ? null : (
        <>
          <Segments
            choices={[
              { value: "economy", label: "Economy" },
              { value: "normal", label: "Normal" },
              { value: "fast", label: "Fast" },
            ]}
            hint="Economy asks a third as often, fast twice as often; the load guard holds in each"
            label="How often the device is asked"
            onChange={(profile) => void dispatch(commands.monitor(device, { profile }))}
            value={ssh2.profile}
          />
          <SelectField
            choices={platforms.map(({ id, title }) => ({ value: id as string, label: title }))}
            hint={
              ssh2.platform === undefined ? (
                "Not found out yet"
              ) : ssh2.platform.chosen ? (
                "Chosen by hand"
              ) : (
                <>
                  {"Found by: "}
                  <DeviceText text={ssh2.platform.evidence} />
                </>
              )
            }
            label="Platform"
            onChange={(platform) => void dispatch(commands.monitor(device, { platform }))}
            value={ssh2.platform?.id ?? "unknown"}
          />
          <Switch
            checked={ssh2.activity === "paused"}
            disabled={ssh2.phase !== "live"}
            hint="The running command finishes, then nothing is sent"
            label="Pause telemetry"
            onChange={(paused) => void dispatch(commands.monitor(device, { paused }))}
          />
        </>
      )}
      <section className="rs-form">
        <h3>Alerts</h3>
        <div className="rs-btn-row">
          <Button icon="tune" onClick={() => setRules(true)}>
            Alert rules…
          </Button>
        </div>
        <Suspense fallback={null}>
          {rules ? <RulesSheet device={device} onClose={() => setRules(false)} /> : null}
        </Suspense>
      </section>
      <section className="rs-form">
        <h3>Panels</h3>
        <ul className="rs-panel-list">
          {panels.map((def, index) => (
            <li key={def.id}>
              <Switch
                checked={panelVisible(ui, def)}
                label={def.title}
                onChange={(visible) => void dispatch(commands.setPanelVisibility(def.id, visible))}
              />
              <Button
                disabledReason={index === 0 ? "It is the first already" : undefined}
                icon="up"
                label={`Move ${def.title} up`}
                onClick={() => move(def.id, -1)}
                variant="ghost"
              />
              <Button
                disabledReason={index === panels.length - 1 ? "It is the last already" : undefined}
                icon="down"
                label={`Move ${def.title} down`}
                onClick={() => move(def.id, 1)}
                variant="ghost"
              />
            </li>
          ))}
        </ul>
      </section>
    </Sheet>
  );
}
