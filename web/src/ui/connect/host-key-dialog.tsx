import { commands } from "#bridge/commands.ts";
import { useDispatch, useViewSelector } from "#bridge/hooks.ts";
import type { QuestionView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Icon } from "../primitives/icon.tsx";
import { CopyButton } from "../text/copy-button.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { fingerprintHelp } from "./fingerprint-help.ts";
import { ListedKeys } from "./listed-keys.tsx";

type HostKeyDialogProps = {
  device: string;
  session: "ssh1" | "ssh2";
  question: Extract<QuestionView, { kind: "host_key" }>;
};

/** First use of a host key. "Trust" is neither the default nor what Enter presses [S45]. */
export function HostKeyDialog({ device, session, question }: HostKeyDialogProps) {
  const dispatch = useDispatch();
  const simulated = useViewSelector(`device:${device}`, (view) => view?.record.simulated === true);
  const reply = (trust: boolean): void => {
    void dispatch(commands.hostKeyReply(device, session, question.id, trust));
  };
  const { host_key: key, bits, known_since: since } = question;
  return (
    <Dialog
      decision
      footer={
        <>
          <Button autoFocus onClick={() => reply(false)}>
            Do not connect
          </Button>
          <Button icon="shield" onClick={() => reply(true)}>
            Trust and continue
          </Button>
        </>
      }
      icon="fingerprint"
      onClose={() => reply(false)}
      testId="host-key-dialog"
      title={since === undefined ? "First connection to this device" : "New to this tablet"}
      width="640px"
    >
      <p>
        {simulated
          ? "A simulated device of the demo lab shows this key."
          : "Nothing was sent yet. Compare the fingerprint with what the device prints on its own console: if they differ, another machine is answering."}
      </p>
      <dl className="rs-facts">
        <dt>Device</dt>
        <dd>
          <code>
            <DeviceText max={320} text={`${question.host}:${question.port}`} />
          </code>
          {question.hop > 0 ? ` (jump host ${question.hop})` : ""}
        </dd>
        <dt>Key type</dt>
        <dd>
          <code>
            <DeviceText text={key.type} />
          </code>
          {bits === undefined ? "" : `, ${bits} bits`}
        </dd>
      </dl>
      <div>
        <code className="rs-fingerprint rs-selectable" data-testid="fingerprint">
          <DeviceText text={key.sha256} />
        </code>
      </div>
      <ListedKeys device={device} hop={question.hop} shown={key} />
      {since === undefined ? null : (
        <Callout title={`Known to this proxy since ${since.slice(0, 10)}`} tone="info">
          <p>It was trusted before, from here or from another tablet. Compare it all the same.</p>
        </Callout>
      )}
      <details className="rs-details">
        <summary>
          <Icon name="right" />
          Commands that print it on the device
        </summary>
        <table className="rs-help-table">
          <caption className="rs-visually-hidden">Commands that print the host key, by platform</caption>
          <tbody>
            {fingerprintHelp(key.type).map(({ platform, command, note }) => (
              <tr key={platform}>
                <th scope="row">{platform}</th>
                <td>
                  <code className="rs-selectable">{command}</code>
                  {note === undefined ? null : <div className="rs-muted">{note}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="rs-muted">The key itself</p>
        <code className="rs-code-line rs-selectable">{key.key}</code>
      </details>
      <div className="rs-btn-row">
        <CopyButton label="Copy fingerprint" text={key.sha256} />
      </div>
    </Dialog>
  );
}
