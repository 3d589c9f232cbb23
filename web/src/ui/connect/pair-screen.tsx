import "./pair-screen.css";
import { type FormEvent, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { TextField } from "../primitives/field.tsx";
import { BrandMark } from "../status/brand.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";
import { guessLabel } from "./client-label.ts";
import { readCode } from "./pairing-code.ts";

/** Pairs this client with the proxy, by link or by a typed code [S4] [S5]. */
export function PairScreen() {
  const signIn = useView("sign_in");
  const dispatch = useDispatch();
  const [input, setInput] = useState("");
  const [label, setLabel] = useState(guessLabel);
  const [fault, setFault] = useState<string>();
  const [refusal, setRefusal] = useState<ErrorPayload>();
  const pair = async (code: string): Promise<void> => {
    const result = await dispatch(commands.pair(code, label.trim() === "" ? "Browser" : label.trim()));
    setRefusal(result.ok ? undefined : result.error);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readCode(input);
    setFault("error" in read ? read.error : undefined);
    if ("code" in read) void pair(read.code);
  };
  const working = signIn?.phase === "pairing";
  const error = refusal ?? signIn?.error;
  return (
    <main className="rs-pair">
      <div className="rs-pair-card">
        <section aria-label="How to pair" className="rs-pair-intro">
          <h1 className="rs-pair-brand">
            <BrandMark size={36} />
            Rackside
          </h1>
          <p className="rs-muted">
            This browser is not paired with the proxy yet. A pairing link works once and for ten minutes.
          </p>
          <ol className="rs-pair-steps">
            <li>
              <div>
                On the machine that runs the proxy, ask for a link:
                <code className="rs-code-line rs-selectable">rackside pair</code>
              </div>
            </li>
            <li>
              <div>Open the printed link here, or scan its QR code. The first start prints one, too.</div>
            </li>
            <li>
              <div>In an app on the home screen, type the short code that stands below the link.</div>
            </li>
          </ol>
        </section>
        <form aria-labelledby="pair-title" className="rs-pair-form" onSubmit={submit}>
          <h2 id="pair-title">{signIn?.phase === "revoked" ? "Pair again" : "Pair this tablet"}</h2>
          {signIn?.phase === "revoked" ? (
            <Callout title="This client was signed out at the proxy" tone="warn">
              <p>Layouts and devices are kept. A new code pairs it again.</p>
            </Callout>
          ) : null}
          <TextField
            autoComplete="one-time-code"
            enterKeyHint="go"
            error={fault}
            hint="Eight letters and digits, or the whole link"
            label="Pairing code"
            maxLength={512}
            mono
            onChange={setInput}
            value={input}
          />
          <TextField
            hint="Shown in the proxy’s list of paired clients"
            label="Name of this tablet"
            maxLength={128}
            onChange={setLabel}
            value={label}
          />
          <ErrorNotice error={working ? undefined : error} title="Pairing did not work" />
          <Button disabledReason={working ? "Pairing is under way" : undefined} type="submit" variant="primary" wide>
            {working ? "Pairing…" : "Pair"}
          </Button>
        </form>
      </div>
    </main>
  );
}
