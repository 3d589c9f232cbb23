import "./key-bar.css";
import {
  ClipboardPaste,
  History,
  Keyboard,
  KeyboardOff,
  KeyRound,
  type LucideIcon,
  RotateCcw,
  Search,
} from "lucide-react";
import type { PlatformId } from "#telemetry/knowledge/platforms.ts";
import type { TerminalHandle, TerminalState } from "#terminal/terminal-handle.ts";
import { BarKeyButton } from "./bar-key.tsx";
import { type BarKey, keySet, pagerKeys } from "./key-sets.ts";

/** A button of the bar that opens something: on click, because keyboards and clipboards ask for a finished tap. */
function BarAction(props: { icon: LucideIcon; label: string; pressed?: boolean; onAct: () => void }) {
  const Glyph = props.icon;
  return (
    <button
      aria-label={props.label}
      aria-pressed={props.pressed}
      className="rs-key"
      data-state={props.pressed === true ? "once" : undefined}
      onClick={props.onAct}
      onMouseDown={(event) => event.preventDefault()}
      onPointerDown={(event) => event.preventDefault()}
      tabIndex={-1}
      title={props.label}
      type="button"
    >
      <Glyph aria-hidden="true" size={20} strokeWidth={1.75} />
    </button>
  );
}

type KeyBarProps = {
  terminal: TerminalHandle;
  state: TerminalState;
  platform: PlatformId | undefined;
  /** Without a touch screen only the actions are shown. */
  keys: boolean;
  onHistory: () => void;
  onPaste: () => void;
  /** Absent while there is nothing in an open vault for this device. */
  onSecret: (() => void) | undefined;
};

/** Keys that soft keyboards lack, in one row that scrolls, and the terminal's own actions beside it [section 4]. */
export function KeyBar({ terminal, state, platform, keys, onHistory, onPaste, onSecret }: KeyBarProps) {
  const press = (key: BarKey) => {
    if (key.kind === "modifier") terminal.tapModifier(key.name);
    else if (key.kind === "word") terminal.insert(`${key.text} `);
    else terminal.pressKey(key.key, key.mods);
  };
  const shown = state.pager === undefined ? keySet(platform) : [...pagerKeys, ...keySet(platform)];
  const lookUp = (
    <>
      <BarAction icon={History} label="Command history" onAct={onHistory} />
      <BarAction
        icon={Search}
        label="Search the screen"
        onAct={() => (state.search === undefined ? terminal.openSearch() : terminal.closeSearch())}
        pressed={state.search !== undefined}
      />
      <BarAction
        icon={RotateCcw}
        label="Reset the screen (sends nothing)"
        onAct={() => {
          terminal.resetScreen();
          terminal.focus();
        }}
      />
    </>
  );
  return (
    <div aria-label="Terminal keys" className="rs-key-bar" data-keys={keys || undefined} role="toolbar">
      {keys ? (
        <div className="rs-key-row">
          {shown.map((key) => (
            <BarKeyButton
              device={terminal.device}
              face={key.face}
              key={key.id}
              label={key.label}
              onPress={() => press(key)}
              repeats={key.kind === "key" && key.repeats}
              wide={key.wide}
              {...(key.kind === "modifier" ? { state: state.modifiers[key.name] } : {})}
            />
          ))}
          <div className="rs-key-actions">{lookUp}</div>
        </div>
      ) : null}
      <div className="rs-key-actions">
        {keys ? null : lookUp}
        <BarAction icon={ClipboardPaste} label="Paste" onAct={onPaste} />
        {onSecret === undefined ? null : <BarAction icon={KeyRound} label="Insert a secret" onAct={onSecret} />}
        {keys ? (
          <BarAction
            icon={state.keyboard ? KeyboardOff : Keyboard}
            label={state.keyboard ? "Hide the keyboard" : "Show the keyboard"}
            onAct={() => terminal.toggleKeyboard()}
            pressed={state.keyboard}
          />
        ) : null}
      </div>
    </div>
  );
}
