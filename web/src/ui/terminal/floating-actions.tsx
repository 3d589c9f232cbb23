import { ArrowDownToLine, Copy, Gauge, Search, X } from "lucide-react";
import { useViewSelector } from "#bridge/hooks.ts";
import { portOfWord, wordKind } from "#telemetry/knowledge/word-kinds.ts";
import type { TerminalHandle, TerminalState } from "#terminal/terminal-handle.ts";

import { showLookup } from "../lookup/lookup-request.ts";
import { showPort } from "../port/port-request.ts";

type FloatingActionsProps = { terminal: TerminalHandle; state: TerminalState; onCopy: () => void };

/** What the present selection or scroll position asks for, in thumb's reach over the terminal [U38]. */
export function FloatingActions({ terminal, state, onCopy }: FloatingActionsProps) {
  const { hasSelection, scrolledBack, newLines } = state;
  if (!hasSelection && !scrolledBack) return null;
  const toEnd = () => {
    terminal.scrollToBottom();
    terminal.focus();
  };
  return (
    <div className="rs-term-floating">
      {hasSelection && state.search === undefined ? (
        <>
          {state.selectedWord === undefined ? null : <WordActions device={terminal.device} word={state.selectedWord} />}
          <button className="rs-pill" onClick={onCopy} type="button">
            <Copy aria-hidden="true" size={18} /> Copy
          </button>
          <button
            aria-label="End the selection"
            className="rs-pill"
            onClick={() => terminal.clearSelection()}
            type="button"
          >
            <X aria-hidden="true" size={18} />
          </button>
        </>
      ) : null}
      {scrolledBack ? (
        <button
          className="rs-pill"
          // Acts on touch: a browser makes no click of a tap that follows a swipe at once.
          onClick={(event) => {
            if (event.detail === 0) toEnd();
          }}
          onPointerDown={(event) => {
            event.preventDefault();
            toEnd();
          }}
          type="button"
        >
          <ArrowDownToLine aria-hidden="true" size={18} />
          {newLines === 0 ? "To the end" : `${newLines} new ${newLines === 1 ? "line" : "lines"}`}
        </button>
      ) : null}
    </div>
  );
}

/** What a selected word can be asked about: an address is looked up, a port has its card (section 11 of the design). */
function WordActions({ device, word }: { device: string; word: string }) {
  const address = wordKind(word);
  const port = useViewSelector(`panel:${device}:ifstate`, (reading) =>
    reading?.panel === "ifstate" ? portOfWord(word, reading.data?.rows ?? []) : undefined,
  );
  return (
    <>
      {address === undefined ? null : (
        <button className="rs-pill" onClick={() => showLookup(device, address.value)} type="button">
          <Search aria-hidden="true" size={18} /> Look up
        </button>
      )}
      {port === undefined ? null : (
        <button className="rs-pill" onClick={() => showPort(device, port)} type="button">
          <Gauge aria-hidden="true" size={18} /> Port card
        </button>
      )}
    </>
  );
}
