import { commands } from "#bridge/commands.ts";
import { useDispatch, useViewSelector } from "#bridge/hooks.ts";
import type { HeldInput, TerminalHandle } from "#terminal/terminal-handle.ts";
import { withIec } from "../format/numbers.ts";
import { Button } from "../primitives/button.tsx";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import { shownWaiting, staleNote, unconfirmedNote, waitingNote } from "./input-notes.ts";

type Question = {
  text: string;
  note: string;
  /** A line that a lost link cut in two [S92]. */
  cut?: { at_device: string } | undefined;
  onSend?: (() => void) | undefined;
  onNextLine?: (() => void) | undefined;
  onDiscard?: (() => void) | undefined;
};

function WaitingStrip({ text, note, cut, onSend, onNextLine, onDiscard }: Question) {
  return (
    <div className="rs-term-strip" data-tone="warn" role="alert">
      <Icon name="hand" />
      <div className="rs-term-strip-text">
        <strong>{note}</strong>
        {cut === undefined ? null : (
          <span data-testid="cut-line">
            The device has the beginning of a line: <code className="rs-waiting-text">{cut.at_device}</code>
          </span>
        )}
        {text === "" ? null : <code className="rs-waiting-text">{text}</code>}
      </div>
      {onDiscard === undefined ? null : <Button onClick={onDiscard}>Discard</Button>}
      {onNextLine === undefined ? null : <Button onClick={onNextLine}>Erase that line, send from the next</Button>}
      {onSend === undefined ? null : <Button onClick={onSend}>{cut === undefined ? "Send" : "Send all"}</Button>}
    </div>
  );
}

const seconds = (since: number) => Math.max(1, Math.round((Date.now() - since) / 1_000));

/** Typed text that has not gone out, literally, with "send or discard" where it is too old [S92] [U13]. */
export function StaleInputStrip(props: { terminal: TerminalHandle; held: HeldInput | undefined; echoOff: boolean }) {
  const { terminal, held, echoOff } = props;
  const dispatch = useDispatch();
  const stale = useViewSelector(`device:${terminal.device}`, (view) => view?.ssh1.stale_input);
  const phase = useViewSelector(`device:${terminal.device}`, (view) => view?.ssh1.phase);
  // Nothing is offered that nobody would take: without a session that lives here there is nowhere to send to.
  const live = phase === "live";
  const over = phase === "ended";
  const answer = (what: "send" | "next_line" | "discard") => {
    void dispatch(commands.staleInput(terminal.device, what));
    terminal.focus();
  };
  const cut = echoOff ? undefined : stale?.cut;
  const answerHeld = (what: "send" | "discard") => {
    terminal.answerHeld(what);
    terminal.focus();
  };
  return (
    <>
      {stale === undefined ? null : (
        <WaitingStrip
          cut={cut}
          note={staleNote(stale, seconds(stale.oldest_at), live)}
          onDiscard={() => answer("discard")}
          onNextLine={live && cut !== undefined ? () => answer("next_line") : undefined}
          onSend={live ? () => answer("send") : undefined}
          text={shownWaiting(stale, echoOff)}
        />
      )}
      {held === undefined ? null : (
        <WaitingStrip
          note={
            over
              ? "Not sent: the session is over."
              : held.needsAnswer
                ? `Typed ${seconds(held.oldestAt)} s ago, not sent. Send it now?`
                : "Waits until the screen is restored"
          }
          onDiscard={() => answerHeld("discard")}
          onSend={held.needsAnswer && !over ? () => answerHeld("send") : undefined}
          text={shownWaiting(held, echoOff)}
        />
      )}
    </>
  );
}

/** Typed text that waits for the link, literally; nothing of it is drawn into the terminal [U13]. */
export function UnsentInputStrip({ terminal, echoOff }: { terminal: TerminalHandle; echoOff: boolean }) {
  const dispatch = useDispatch();
  const now = useNow();
  // Once the session is over its card says what became of it.
  const waiting = useViewSelector(`device:${terminal.device}`, (view) =>
    view?.ssh1.phase === "ended" ? undefined : view?.ssh1.waiting_input,
  );
  const discard = () => {
    void dispatch(commands.staleInput(terminal.device, "discard"));
    terminal.focus();
  };
  if (waiting === undefined) return null;
  return (
    <WaitingStrip
      note={waitingNote(waiting, now)}
      onDiscard={waiting.bytes > 0 ? discard : undefined}
      text={shownWaiting(waiting, echoOff)}
    />
  );
}

/**
 * Typed text on a link that looks open and does not answer: said where the typing is, not only in the chip [U13]. Once the
 * link is given up, the strip of waiting text takes over.
 */
export function UnconfirmedStrip({ terminal }: { terminal: TerminalHandle }) {
  const ssh1 = useViewSelector(`device:${terminal.device}`, (view) => view?.ssh1);
  const now = useNow();
  const note = ssh1 === undefined ? undefined : unconfirmedNote(ssh1, now);
  if (note === undefined) return null;
  return (
    <div className="rs-term-strip" data-testid="unconfirmed" data-tone="warn" role="status">
      <Icon name="clock" />
      <span className="rs-term-strip-text">{note}</span>
    </div>
  );
}

/** Output that is taken and saved, but not drawn, until the prompt [U14]. */
export function SkippingStrip({ bytes, terminal }: { bytes: number; terminal: TerminalHandle }) {
  return (
    <div className="rs-term-strip" data-testid="skipping" role="status">
      <Icon name="busy" />
      <span className="rs-term-strip-text">
        Skipping to the prompt: {withIec(bytes)} received, not drawn. Nothing is sent to the device.
      </span>
      <Button onClick={() => terminal.skipToPrompt(false)}>Draw again</Button>
    </div>
  );
}

/** "restoring n of m KiB" [U69]. */
export function RestoringStrip({ done, total }: { done: number; total: number }) {
  const kib = (bytes: number) => Math.ceil(bytes / 1_024);
  return (
    <div className="rs-term-strip">
      <Icon name="busy" />
      <span className="rs-term-strip-text">
        Restoring {kib(done)} of {kib(total)} KiB
      </span>
      <progress max={total} value={done} />
    </div>
  );
}

/** A sentence that must be seen, until it is dismissed. */
export function NoticeStrip({ terminal, text }: { terminal: TerminalHandle; text: string }) {
  return (
    <div className="rs-term-strip" role="status">
      <Icon name="info" />
      <span className="rs-term-strip-text">{text}</span>
      <Button icon="close" label="Dismiss" onClick={() => terminal.dismissNotice()} variant="ghost" />
    </div>
  );
}
