import { useView, useViewSelector } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { BrandMark } from "../status/brand.tsx";
import { chipFigure, chipState } from "../status/chip-state.ts";
import { useNow } from "../status/use-now.ts";
import { usePolite } from "../status/use-polite.ts";
import { DeviceTab } from "./device-tab.tsx";
import { goTo } from "./navigation.ts";
import type { SheetName } from "./shell.tsx";

type TopBarProps = { device: string | null; open: readonly string[]; onSheet: (sheet: SheetName) => void };

/** Home, tabs of the open devices, connection chip, settings: always visible [U2]. */
export function TopBar({ device, open, onSheet }: TopBarProps) {
  return (
    <header className="rs-topbar" data-region-focus tabIndex={-1}>
      <button
        aria-current={device === null ? "page" : undefined}
        aria-label="Rackside: devices"
        className="rs-home"
        onClick={() => goTo(null)}
        type="button"
      >
        <BrandMark />
        <span>Rackside</span>
      </button>
      <nav aria-label="Open devices" className="rs-tabs">
        {open.map((id) => (
          <DeviceTab active={id === device} device={id} key={id} />
        ))}
      </nav>
      <div className="rs-topbar-end" data-device={device ?? undefined}>
        <ConnectionChip device={device} onOpen={() => onSheet("connection")} />
        <Button icon="settings" label="Settings" onClick={() => onSheet("settings")} variant="ghost" />
      </div>
    </header>
  );
}

/** States the connection in a shape and at most three words; a tap explains it [U10] [U11]. */
function ConnectionChip({ device, onOpen }: { device: string | null; onOpen: () => void }) {
  const link = useView("link");
  const view = useViewSelector(`device:${device ?? "-"}`, (one) => one);
  const state = chipState(link, view);
  const figure = chipFigure(link, view, useNow());
  const spoken = usePolite(`Connection: ${state.words}`);
  return (
    <>
      <button aria-haspopup="dialog" className="rs-conn" data-state={state.name} onClick={onOpen} type="button">
        <Chip icon={state.icon} plain tone={state.tone}>
          {state.words}
        </Chip>
        {figure === undefined ? null : <span className="rs-conn-figure">{figure}</span>}
      </button>
      <span aria-live="polite" className="rs-visually-hidden">
        {spoken}
      </span>
    </>
  );
}
