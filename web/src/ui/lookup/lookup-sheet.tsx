import "../port/port.css";
import "./lookup.css";
import { useEffect, useRef, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { LookupAnswer } from "#bridge/types.ts";
import { agoText, msText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Chip } from "../primitives/chip.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { SelectField, TextField } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { AnswerBlock } from "./answer-block.tsx";
import { type Asked, askedBefore, keepAsked } from "./lookup-history.ts";
import { lookupPlan, type Offer, seenVrfs, type What } from "./lookup-plan.ts";
import { showWholeTable } from "./lookup-request.ts";

const WHAT: Record<What, string> = { route: "route", address: "ARP or ND", mac: "MAC table" };

type LookupSheetProps = { device: string; query?: string | undefined; connected: boolean; onClose: () => void };

/** Where an address goes, and who has it: one question to the device, answered once [T63]. */
export default function LookupSheet({ device, query = "", connected, onClose }: LookupSheetProps) {
  const [text, setText] = useState(query);
  const [vrf, setVrf] = useState("default");
  const [history, setHistory] = useState(() => askedBefore(device));
  const [shown, setShown] = useState<Asked>();
  const { busy, ask, cancel } = useLookup(device, (asked) => {
    setShown(asked);
    setHistory(keepAsked(device, asked));
  });
  const now = useNow();
  const vrfs = seenVrfs({
    routing: useView(`panel:${device}:routing_table`),
    arp: useView(`panel:${device}:arp`),
    ifstate: useView(`panel:${device}:ifstate`),
  });
  const plan = lookupPlan(text);
  const off = connected ? (busy === undefined ? undefined : "The device is being asked") : "Telemetry is not running";
  const run = ({ what }: Offer): void => {
    if (plan === undefined || off !== undefined) return;
    void ask({ what, query: plan.value, ...(vrf === "default" ? {} : { vrf }) });
  };
  return (
    <Sheet icon="search" onClose={onClose} testId="lookup" title="Look up" width="640px">
      <form
        className="rs-form"
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = plan?.offers ?? [];
          if (first !== undefined) run(first);
        }}
      >
        <TextField
          autoComplete="off"
          autoFocus={query === ""}
          enterKeyHint="search"
          hint={
            plan === undefined ? "An IPv4 or IPv6 address, a prefix, or a MAC address in any usual form" : plan.word
          }
          label="Address, prefix or MAC"
          maxLength={64}
          mono
          onChange={setText}
          value={text}
        />
        {vrfs.length > 1 ? (
          <SelectField
            choices={vrfs.map((name) => ({
              value: name,
              label: name === "default" ? "Default" : escapeDeviceText(name, 60),
            }))}
            label="VRF"
            onChange={setVrf}
            value={vrf}
          />
        ) : null}
        <div className="rs-btn-row">
          {plan === undefined ? (
            <Button disabledReason="Type an address, a prefix or a MAC address first" icon="search">
              Look up
            </Button>
          ) : (
            plan.offers.map((offer, place) => (
              <Button
                disabledReason={off}
                icon="search"
                key={offer.what}
                onClick={() => run(offer)}
                variant={place === 0 ? "primary" : "secondary"}
              >
                {offer.label}
              </Button>
            ))
          )}
          {plan?.kind === "mac" ? (
            <Button
              disabledReason={off}
              icon="columns"
              onClick={() => showWholeTable(device, "arp", plan.value)}
              variant="secondary"
            >
              Its address in the ARP table…
            </Button>
          ) : null}
        </div>
      </form>
      {busy === undefined ? null : (
        <div className="rs-lookup-busy" role="status">
          <Chip icon="busy" plain tone="info">
            Asking the device · {msText(Math.max(0, now - busy))}
          </Chip>
          <Button icon="close" onClick={cancel}>
            Cancel
          </Button>
        </div>
      )}
      {shown === undefined ? null : <Answers asked={shown} device={device} />}
      {history.length === 0 ? null : (
        <section className="rs-port-part">
          <h3>Asked before</h3>
          <ul className="rs-lookup-history">
            {history.map((one) => (
              <li key={`${one.what} ${one.query} ${one.vrf ?? ""}`}>
                <button
                  onClick={() => {
                    setText(one.query);
                    setShown(one);
                  }}
                  type="button"
                >
                  <code>{one.query}</code>
                  <span className="rs-muted">
                    {WHAT[one.what]}
                    {one.vrf === undefined ? "" : `, VRF ${escapeDeviceText(one.vrf, 40)}`},{" "}
                    {agoText(Math.max(0, now - one.at))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Sheet>
  );
}

function Answers({ device, asked }: { device: string; asked: Asked }) {
  const now = useNow();
  return (
    <section aria-live="polite" className="rs-form" data-testid="lookup-answers">
      <h3>
        <code>{asked.query}</code>{" "}
        <span className="rs-muted">
          {WHAT[asked.what]}, {agoText(Math.max(0, now - asked.at))}
        </span>
      </h3>
      <ErrorNote error={asked.error} />
      {asked.answers?.length === 0 ? <p className="rs-muted">Cancelled before the device answered.</p> : null}
      {asked.answers?.map((answer) => (
        <AnswerBlock answer={answer} device={device} key={answer.command} what={asked.what} />
      ))}
    </section>
  );
}

type Question = { what: What; query: string; vrf?: string };

/** One question at a time; a closed sheet takes its question back. */
function useLookup(device: string, answered: (asked: Asked) => void) {
  const dispatch = useDispatch();
  const [busy, setBusy] = useState<number>();
  const running = useRef<string>(undefined);
  const cancel = (): void => {
    const ticket = running.current;
    if (ticket !== undefined) void dispatch(deskCommand(device, "ask_cancel", { ticket }));
  };
  const ask = async (question: Question): Promise<void> => {
    if (running.current !== undefined) return;
    const ticket = crypto.randomUUID();
    running.current = ticket;
    setBusy(Date.now());
    const result = await dispatch<LookupAnswer[]>(deskCommand(device, "lookup", { ticket, ...question }));
    if (running.current !== ticket) return;
    running.current = undefined;
    setBusy(undefined);
    const at = Date.now();
    answered({ at, ...question, ...(result.ok ? { answers: result.value ?? [] } : { error: result.error }) });
  };
  useEffect(
    () => () => {
      const ticket = running.current;
      running.current = undefined;
      if (ticket !== undefined) void dispatch(deskCommand(device, "ask_cancel", { ticket }));
    },
    [device, dispatch],
  );
  return { busy, ask, cancel };
}
