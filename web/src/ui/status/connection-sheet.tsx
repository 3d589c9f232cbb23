import "../connect/question.css";
import { type ReactNode, useSyncExternalStore } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { SessionViewCommon, TerminalView } from "#bridge/types.ts";
import { wakeState } from "#pwa/wake-lock.ts";
import { terminals } from "#terminal/terminal-registry.ts";
import { idleEndOf } from "../device/idle-limit.ts";
import { withIec } from "../format/numbers.ts";
import { agoText, durationText, msText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { chipState } from "./chip-state.ts";
import { ErrorNote } from "./error-note.tsx";
import { slowCause } from "./link-cause.ts";
import { phaseWords } from "./phase-words.ts";
import { useNow } from "./use-now.ts";

/** Below this what waits is drawn before anybody has tapped. */
const SKIP_BYTES = 64 * 1_024;

function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="rs-facts">
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Explains the connection chip: link, both sessions, keys, and what holds things up [U11] [U12]. */
export default function ConnectionSheet({ device, onClose }: { device: string | null; onClose: () => void }) {
  const link = useView("link");
  const view = useView(`device:${device ?? "-"}`);
  const wake = useSyncExternalStore(wakeState.subscribe, wakeState.get);
  const dispatch = useDispatch();
  const now = useNow();
  const state = chipState(link, view);
  const cause = slowCause(link, view, now);
  const online = link?.phase === "online" || link?.phase === "probing";
  return (
    <Sheet
      footer={
        online ? undefined : (
          <Button icon="refresh" onClick={() => void dispatch(commands.retry())} variant="primary">
            Try now
          </Button>
        )
      }
      icon="link"
      onClose={onClose}
      title="Connection"
    >
      <p>
        <Chip icon={state.icon} tone={state.tone}>
          {state.words}
        </Chip>
      </p>
      {cause === undefined ? null : <Callout title={cause} tone="warn" />}
      {device === null || !maySkip(view?.ssh1) ? null : (
        <p>
          <Button
            icon="down"
            onClick={() => {
              terminals.get(device).skipToPrompt(true);
              onClose();
            }}
          >
            Skip to prompt
          </Button>
        </p>
      )}
      {link?.error === undefined ? null : <ErrorNote error={link.error} />}
      <section className="rs-form">
        <h3>Link to the proxy</h3>
        <Facts
          rows={[
            ["State", link === undefined ? "starting" : phaseWords(link.phase)],
            [
              "Next try",
              link?.retry_at === undefined ? undefined : `in ${durationText(Math.max(0, link.retry_at - now) / 1_000)}`,
            ],
            ["Round trip", link?.rtt_ms === undefined ? undefined : msText(link.rtt_ms)],
            [
              "Last minute",
              link?.rtt_p50_ms === undefined || link.rtt_p95_ms === undefined
                ? undefined
                : `${msText(link.rtt_p50_ms)} median, ${msText(link.rtt_p95_ms)} worst of 20`,
            ],
            ["Last heard", link?.last_frame_at === undefined ? undefined : agoText(now - link.last_frame_at)],
            ["Came back", link === undefined ? undefined : `${link.resumes} times`],
            ["Proxy", link?.proxy_version],
            [
              "Screen",
              {
                held: "kept on",
                off: "may turn off",
                refused: `may turn off: ${wake.why ?? "refused"}`,
                missing: "may turn off: this browser cannot keep it on",
              }[wake.phase],
            ],
          ]}
        />
      </section>
      {view === undefined ? null : (
        <>
          <SessionFacts idleEnd={idleEndOf(view)} name="Terminal" now={now} session={view.ssh1} terminal={view.ssh1} />
          <SessionFacts name="Telemetry" now={now} session={view.ssh2} />
        </>
      )}
    </Sheet>
  );
}

/** More is on its way than a person can read: it may be taken without being drawn [U14]. */
function maySkip(ssh1: TerminalView | undefined): boolean {
  return ssh1?.phase === "live" && (ssh1.held_bytes > 0 || ssh1.undrawn_bytes > SKIP_BYTES);
}

type SessionFactsProps = {
  name: string;
  session: SessionViewCommon;
  terminal?: TerminalView;
  /** When the device itself usually closes the session for want of input [WP35]. */
  idleEnd?: number | null;
  now: number;
};

function SessionFacts({ name, session, terminal, idleEnd, now }: SessionFactsProps) {
  const { algorithms, host_key: key } = session;
  const bytes = (count: number | undefined): string | undefined =>
    count === undefined || count === 0 ? undefined : withIec(count);
  return (
    <section className="rs-form">
      <h3>{name}</h3>
      <Facts
        rows={[
          ["State", `${phaseWords(session.phase)}, for ${durationText(Math.max(0, now - session.since) / 1_000)}`],
          ["Typed, not at proxy", bytes(terminal?.unacked_bytes)],
          ["At proxy, not yet echoed", bytes(terminal?.unechoed?.bytes)],
          ["Held at the proxy", bytes(terminal?.held_bytes)],
          ["Not yet drawn", bytes(terminal?.undrawn_bytes)],
          ["Not yet saved", bytes(terminal?.unsaved_bytes)],
          ["Lost output", terminal?.gaps.length ? `${terminal.gaps.length} places, marked on the screen` : undefined],
          [
            "Kept for",
            session.grace_until === undefined
              ? undefined
              : durationText(Math.max(0, session.grace_until - now) / 1_000),
          ],
          [
            "Idle limit of the device",
            idleEnd === undefined || idleEnd === null || session.phase === "ended"
              ? undefined
              : `usually in ${durationText(Math.max(0, idleEnd - now) / 1_000)} without a key`,
          ],
          ["Login", session.auth_method],
          [
            "Server",
            session.server_ident === undefined ? undefined : <DeviceText key="i" text={session.server_ident} />,
          ],
          [
            "Host key",
            key === undefined ? undefined : (
              <code key="k" className="rs-selectable">{`${key.type} ${key.sha256}`}</code>
            ),
          ],
          ["Key exchange", algorithms?.kex],
          ["Cipher", algorithms === undefined ? undefined : cipherText(algorithms)],
        ]}
      />
    </section>
  );
}

function cipherText(a: NonNullable<SessionViewCommon["algorithms"]>): string {
  const mac = (name: string): string => (name === "" ? "" : ` with ${name}`);
  const out = `${a.cipher_out}${mac(a.mac_out)}`;
  const back = `${a.cipher_in}${mac(a.mac_in)}`;
  return out === back ? out : `${out}; back ${back}`;
}
