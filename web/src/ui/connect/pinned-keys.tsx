import { useState } from "react";
import type { HostKey } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { DeviceText } from "../text/device-text.tsx";

/** Letters of the fingerprint's end that prove that somebody read it [S48]. */
const PROOF_CHARS = 6;

/**
 * Host keys that this tablet trusts for a device. Forgetting one is a separate act: the end of its fingerprint has to be typed,
 * so that a hard stop is never mended by a tap on the way [S48].
 */
export function PinnedKeys({ pins, onForget }: { pins: readonly HostKey[]; onForget: (pin: HostKey) => void }) {
  const [forgetting, setForgetting] = useState<string>();
  const [proof, setProof] = useState("");
  if (pins.length === 0) return null;
  return (
    <fieldset className="rs-fieldset rs-form">
      <legend className="rs-field-label">Host keys that this tablet trusts</legend>
      {pins.map((pin) => (
        <div className="rs-form" key={pin.sha256}>
          <p className="rs-selectable">
            <DeviceText text={pin.type} />
            <code className="rs-code-line">
              <DeviceText text={pin.sha256} />
            </code>
          </p>
          {forgetting === pin.sha256 ? (
            <>
              <TextField
                hint="After that the next connection asks again, as at first use"
                label={`Type the last ${PROOF_CHARS} characters of this fingerprint to forget it`}
                maxLength={PROOF_CHARS}
                mono
                onChange={setProof}
                value={proof}
              />
              <div className="rs-btn-row">
                <Button onClick={() => setForgetting(undefined)}>Keep</Button>
                <Button
                  disabledReason={
                    proof === pin.sha256.slice(-PROOF_CHARS) ? undefined : "The characters do not match the fingerprint"
                  }
                  onClick={() => onForget(pin)}
                  variant="danger"
                >
                  Forget this key
                </Button>
              </div>
            </>
          ) : (
            <div className="rs-btn-row">
              <Button
                onClick={() => {
                  setForgetting(pin.sha256);
                  setProof("");
                }}
              >
                Forget…
              </Button>
            </div>
          )}
        </div>
      ))}
    </fieldset>
  );
}
