import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { UnlockForm } from "../vault/unlock-form.tsx";
import { placeText, ruleLabel } from "./place-text.ts";

type AllowTargetProps = { error: ErrorPayload; label: string; onAllowed: () => void };

/**
 * One tap adds exactly the address and port that was refused, and nothing else [S34]. Who may do it says the proxy: where
 * it wants a fresh proof, the vault is unlocked here, or somebody acts at the proxy's console [S16].
 */
export function AllowTarget({ error, label, onAllowed }: AllowTargetProps) {
  const dispatch = useDispatch();
  const vault = useView("vault")?.phase ?? "none";
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ErrorPayload>();
  const { policy } = error;
  if (policy === undefined) return null;
  const { address, port, addable } = policy;
  const allow = async (): Promise<void> => {
    if (address === undefined || busy) return;
    setBusy(true);
    const result = await dispatch(commands.allowTarget(address, port, ruleLabel(label)));
    setBusy(false);
    setRefusal(result.ok ? undefined : result.error);
    if (result.ok) onAllowed();
  };
  const wantsProof = refusal?.reason === "fresh_proof";
  return (
    <div className="rs-form" data-testid="policy-refusal">
      <p>
        Refused as: <strong>{policy.class}</strong>
      </p>
      {addable && address !== undefined ? (
        <div className="rs-btn-row">
          <Button disabledReason={busy ? "Asking the proxy" : undefined} icon="shield" onClick={() => void allow()}>
            Allow exactly {placeText(address, port)}
          </Button>
        </div>
      ) : (
        <p>
          No tap can allow this: it needs a rule in the proxy’s configuration that names exactly this address and port.
        </p>
      )}
      {refusal === undefined ? null : (
        <Callout title={wantsProof ? "First show that it is you" : "Not allowed"} tone="warn" urgent>
          {wantsProof ? (
            <p>
              {vault === "none"
                ? "This tablet has no vault. "
                : "Unlock the vault again here, which allows it for 5 minutes; or "}
              {vault === "none" ? "Run " : "run "}
              <code>rackside allow-changes</code> on the proxy’s console, then tap “Allow exactly” again within 5
              minutes.
            </p>
          ) : (
            <ErrorNote error={refusal} />
          )}
          {wantsProof && vault !== "none" ? <UnlockForm onOpened={() => void allow()} /> : null}
        </Callout>
      )}
    </div>
  );
}
