import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { Switch } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { SHARE_ASKED } from "./collector-words.ts";

/** One tap lets a second, read-only connection in; says what it will do [S59]. */
export function ConsentCard({ device }: { device: string }) {
  const dispatch = useDispatch();
  const [remember, setRemember] = useState(true);
  const answer = (granted: boolean): void => {
    void dispatch(commands.consent(device, granted, remember));
  };
  return (
    <section aria-labelledby="consent-title" className="rs-consent" data-testid="consent">
      <h3 id="consent-title">Show telemetry for this device?</h3>
      <p>It opens a second SSH connection with the login you just used.</p>
      <ul>
        <li>
          <Icon name="show" />
          Only show commands of a fixed list. At most three find out what the device is.
        </li>
        <li>
          <Icon name="speed" />
          {SHARE_ASKED}
        </li>
        <li>
          <Icon name="raw" />
          Every byte that is sent is listed under “What was sent”.
        </li>
      </ul>
      <Switch checked={remember} label="Remember for this device" onChange={setRemember} />
      <div className="rs-btn-row">
        <Button onClick={() => answer(false)}>Not now</Button>
        <Button icon="play" onClick={() => answer(true)} variant="primary">
          Show telemetry
        </Button>
      </div>
    </section>
  );
}
