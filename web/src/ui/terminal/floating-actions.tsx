import { ArrowDownToLine, Copy, X } from "lucide-react";
import type { TerminalHandle, TerminalState } from "#terminal/terminal-handle.ts";

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
