import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { QuestionView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Switch } from "../primitives/field.tsx";
import { DeviceText } from "../text/device-text.tsx";

type AgentDialogProps = { device: string; question: Extract<QuestionView, { kind: "agent" }> };

/** Which keys of the proxy's agent may log in at this host, for this connection; none is chosen beforehand [S60]. */
export function AgentDialog({ device, question }: AgentDialogProps) {
  const dispatch = useDispatch();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const reply = (keys: readonly string[]): void => {
    void dispatch(commands.agentReply(device, question.id, keys));
  };
  return (
    <Dialog
      decision
      footer={
        <>
          <Button autoFocus onClick={() => reply([])}>
            Do not use the agent
          </Button>
          <Button
            disabledReason={chosen.length === 0 ? "Choose a key first" : undefined}
            icon="gated"
            onClick={() => reply(chosen)}
          >
            Log in with {chosen.length > 1 ? `these ${chosen.length} keys` : "this key"}
          </Button>
        </>
      }
      icon="gated"
      onClose={() => reply([])}
      testId="agent-dialog"
      title="Use a key of the proxy’s agent?"
      width="640px"
    >
      <p>
        The proxy’s own SSH agent would sign the login to{" "}
        <code>
          <DeviceText max={320} text={`${question.user}@${question.host}`} />
        </code>
        {question.hop > 0 ? ` (host ${question.hop + 1} of the way)` : ""}. Telemetry of this device logs in with the
        same keys; the next connection asks again.
      </p>
      {question.keys.map(({ sha256, type, comment }) => (
        <div className="rs-form" key={sha256}>
          <Switch
            checked={chosen.includes(sha256)}
            hint={type}
            label={comment === "" ? "Key without a name" : comment}
            onChange={(on) => setChosen(on ? [...chosen, sha256] : chosen.filter((one) => one !== sha256))}
          />
          <code className="rs-code-line rs-selectable">{sha256}</code>
        </div>
      ))}
    </Dialog>
  );
}
