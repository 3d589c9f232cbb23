import "./start-screen.css";
import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { BrandMark } from "./brand.tsx";
import { ErrorNote } from "./error-note.tsx";
import { useNow } from "./use-now.ts";

/** A wait this long offers a way out [U99]. */
const PATIENCE_MS = 10_000;

/** Until the worker and the proxy have said who this is. */
export function StartScreen() {
  const link = useView("link");
  const now = useNow();
  const dispatch = useDispatch();
  const [since] = useState(() => Date.now());
  const waited = Math.max(0, Math.round((now - since) / 1_000));
  return (
    <main className="rs-start">
      <BrandMark size={56} />
      <h1 className="rs-visually-hidden">Rackside</h1>
      <p role="status">Reaching the proxy{waited > 1 ? ` · ${waited} s` : ""}</p>
      {link?.error === undefined ? null : <ErrorNote error={link.error} />}
      {now - since > PATIENCE_MS ? (
        <div className="rs-btn-row">
          <Button icon="refresh" onClick={() => void dispatch(commands.retry())}>
            Try now
          </Button>
        </div>
      ) : null}
    </main>
  );
}
