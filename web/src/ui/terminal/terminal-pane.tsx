import "./terminal-pane.css";
import { useEffect, useLayoutEffect, useState } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { isPlatformId } from "#telemetry/knowledge/platforms.ts";
import { terminals } from "#terminal/terminal-registry.ts";
import { TerminalView, useTerminalState } from "#terminal/terminal-view.tsx";
import { useTheme } from "../layout/theme-root.tsx";
import { SecretSheet, typableEntries } from "../vault/secret-sheet.tsx";
import { CopyField, PasteField } from "./clipboard-fields.tsx";
import { ClipboardStrip } from "./clipboard-strip.tsx";
import { FloatingActions } from "./floating-actions.tsx";
import { HistorySheet } from "./history-sheet.tsx";
import { KeyBar } from "./key-bar.tsx";
import { LinkSheet } from "./link-sheet.tsx";
import { PasteSheet } from "./paste-sheet.tsx";
import { SearchBar } from "./search-bar.tsx";
import {
  NoticeStrip,
  RestoringStrip,
  SkippingStrip,
  StaleInputStrip,
  UnconfirmedStrip,
  UnsentInputStrip,
} from "./strips.tsx";

type TerminalPaneProps = {
  device: string;
  /** The terminal is on the screen: it draws, and its size is the one that the device is told. */
  active: boolean;
  /** Show the key bar's keys, not only its actions; for touch screens [section 1]. */
  keys: boolean;
};

/** The focus is nowhere: what is typed would be lost. */
function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** A device's terminal with everything around it: search, strips, key bar, sheets. */
export function TerminalPane({ device, active, keys }: TerminalPaneProps) {
  const terminal = terminals.get(device);
  const state = useTerminalState(device);
  const theme = useTheme();
  const label = useViewSelector(`device:${device}`, (view) => view?.record.label ?? device);
  const platform = useViewSelector(`device:${device}`, (view) => {
    const id = view?.record.platform ?? view?.ssh2.platform?.id;
    return id !== undefined && isPlatformId(id) ? id : undefined;
  });
  const hasSecrets = useViewSelector("vault", (view) => typableEntries(view?.entries ?? [], device).length > 0);
  const [sheet, setSheet] = useState<"history" | "paste" | "secret" | { copy: string }>();
  useLayoutEffect(() => terminals.setTheme(theme), [theme]);
  useEffect(() => terminal.setProfile({ backspace: "del", reports: platform === "linux" }), [terminal, platform]);
  const asking = sheet !== undefined || state.paste !== undefined || state.link !== undefined;
  // A dialog that goes leaves the focus nowhere: typing must work again at once [U30].
  useEffect(() => (asking ? () => terminal.focus() : undefined), [asking, terminal]);
  const live = useViewSelector(`device:${device}`, (view) => view?.ssh1.phase === "live");
  // So do the row of the list and the questions of the login, which are gone by now. The soft keyboard stays where it is.
  useEffect(() => {
    if (live && active && hasNoFocus()) terminal.focus();
  }, [live, active, terminal]);
  const paste = async () => {
    try {
      terminal.paste(await navigator.clipboard.readText());
    } catch {
      // No permission or no clipboard here: the person pastes into a field instead [U40].
      setSheet("paste");
    }
  };
  const copy = async () => {
    const result = await terminal.copySelection();
    if (result.ok) terminal.clearSelection();
    else setSheet({ copy: result.text });
  };
  const closeSheet = () => setSheet(undefined);
  return (
    <section aria-label={`Terminal of ${label}`} className="rs-terminal-pane" data-region-focus="" tabIndex={-1}>
      {state.search === undefined ? null : <SearchBar search={state.search} terminal={terminal} />}
      <div className="rs-terminal-stage">
        <TerminalView active={active} device={device} />
        <FloatingActions onCopy={() => void copy()} state={state} terminal={terminal} />
      </div>
      {state.notice === undefined ? null : <NoticeStrip terminal={terminal} text={state.notice} />}
      {state.clipboardOffer === undefined ? null : (
        <ClipboardStrip
          offer={state.clipboardOffer}
          refused={(result) => setSheet(result.ok ? undefined : { copy: result.text })}
          terminal={terminal}
        />
      )}
      {state.restoring === undefined ? null : <RestoringStrip {...state.restoring} />}
      <StaleInputStrip echoOff={state.echoOff} held={state.heldInput} terminal={terminal} />
      {state.skipping === undefined ? null : <SkippingStrip {...state.skipping} terminal={terminal} />}
      <UnconfirmedStrip terminal={terminal} />
      <UnsentInputStrip echoOff={state.echoOff} terminal={terminal} />
      <KeyBar
        keys={keys}
        onHistory={() => setSheet("history")}
        onPaste={() => void paste()}
        onSecret={hasSecrets ? () => setSheet("secret") : undefined}
        platform={platform}
        state={state}
        terminal={terminal}
      />
      {state.paste === undefined ? null : (
        <PasteSheet label={label} prompt={state.prompt.text} review={state.paste} terminal={terminal} />
      )}
      {state.link === undefined ? null : <LinkSheet link={state.link} terminal={terminal} />}
      {sheet === "history" ? <HistorySheet onClose={closeSheet} terminal={terminal} /> : null}
      {sheet === "secret" ? <SecretSheet device={device} onClose={closeSheet} /> : null}
      {sheet === "paste" ? <PasteField onClose={closeSheet} terminal={terminal} /> : null}
      {typeof sheet === "object" ? <CopyField onClose={closeSheet} text={sheet.copy} /> : null}
    </section>
  );
}
