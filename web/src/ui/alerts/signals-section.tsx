import { useState } from "react";
import { Switch } from "../primitives/field.tsx";
import { askForNotifications, notificationState } from "./notify.ts";
import { setSignals, useSignals } from "./signal-preferences.ts";
import { canSound, trySound } from "./tones.ts";

const canVibrate = (): boolean => "vibrate" in navigator;

const SOUND = {
  yes: "Short tones, at most one in 10 s. The browser plays them once the page was touched after its start.",
  no: "This browser cannot play tones.",
};
const VIBRATION = {
  yes: "Only on devices that can: iPads and most laptops cannot.",
  no: "This browser cannot vibrate; no iPad can.",
};
const NOTIFICATIONS = {
  ask:
    "While this page is hidden. There is no push server: when the system puts the page to sleep, as iPads do after " +
    "moments, nothing comes. The browser asks for permission now.",
  granted:
    "While this page is hidden. There is no push server: when the system puts the page to sleep, as iPads do after " +
    "moments, nothing comes.",
  denied: "The browser was told to refuse them. Allow them in its settings for this site first.",
  missing: "This browser has none here. On an iPad only apps on the home screen have them.",
};

/** Whether this tablet may sound, shake and notify, with what does not work beside each switch [U73]. */
export function SignalsSection() {
  const signals = useSignals();
  const [state, setState] = useState(notificationState);
  const [mute, setMute] = useState(false);
  const switchSound = async (sound: boolean): Promise<void> => {
    setSignals({ sound });
    setMute(sound && !(await trySound()));
  };
  const switchNotifications = async (on: boolean): Promise<void> => {
    const allowed = on && (state === "granted" || (await askForNotifications()));
    setState(notificationState());
    setSignals({ notification: allowed });
  };
  const possible = state === "granted" || state === "ask";
  return (
    <section className="rs-settings-section" data-testid="signals">
      <h3>Calling for attention</h3>
      <p className="rs-muted">
        Which level does what is set per device, in its events under “Signals”. A device that is quiet there does none
        of these.
      </p>
      <Switch
        checked={signals.sound && canSound()}
        disabled={!canSound()}
        hint={
          mute ? "On, but the browser did not let the page play a tone just now." : SOUND[canSound() ? "yes" : "no"]
        }
        label="Sound"
        onChange={(on) => void switchSound(on)}
      />
      <Switch
        checked={signals.vibration && canVibrate()}
        disabled={!canVibrate()}
        hint={VIBRATION[canVibrate() ? "yes" : "no"]}
        label="Vibration"
        onChange={(vibration) => {
          setSignals({ vibration });
          if (vibration) navigator.vibrate(100);
        }}
      />
      <Switch
        checked={signals.notification && state === "granted"}
        disabled={!possible}
        hint={NOTIFICATIONS[state]}
        label="Notifications"
        onChange={(on) => void switchNotifications(on)}
      />
    </section>
  );
}
