import "./settings.css";
import { useSyncExternalStore } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { installState, promptInstall } from "#pwa/install.ts";
import { updateState } from "#pwa/registration.ts";
import { SignalsSection } from "../alerts/signals-section.tsx";
import { type Preferences, setPreferences, usePreferences } from "../layout/preferences.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { Segments, Switch } from "../primitives/field.tsx";
import { useLock } from "../vault/lock-cover.tsx";
import { AccountSection } from "./account-section.tsx";
import { ActivitySection } from "./activity-section.tsx";
import { CertificateSection } from "./certificate-section.tsx";
import { ClientsSection } from "./clients-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { ThemePicker } from "./theme-picker.tsx";
import { VaultSection } from "./vault-section.tsx";

const SCALES: readonly { value: "0.9" | "1" | "1.15" | "1.3"; label: string }[] = [
  { value: "0.9", label: "Small" },
  { value: "1", label: "Normal" },
  { value: "1.15", label: "Large" },
  { value: "1.3", label: "Larger" },
];

/** Everything that can be set, in one place; each has a default that needs no change [U98]. */
export default function SettingsSheet({ onClose }: { device: string | null; onClose: () => void }) {
  const prefs = usePreferences();
  const { locked } = useLock();
  return (
    <Sheet icon="settings" onClose={onClose} title="Settings" width="520px">
      <section className="rs-settings-section">
        <h3>Theme</h3>
        <ThemePicker />
        <Switch
          checked={prefs.effects}
          hint="Scan lines and glow of the CRT themes; off by itself when the system asks for less motion or more contrast"
          label="Screen effects"
          onChange={(effects) => setPreferences({ effects })}
        />
      </section>
      <section className="rs-settings-section">
        <h3>This tablet</h3>
        <Segments
          choices={SCALES}
          label="Text size"
          onChange={(scale) => setPreferences({ textScale: Number(scale) as Preferences["textScale"] })}
          value={String(prefs.textScale) as (typeof SCALES)[number]["value"]}
        />
        <Segments
          choices={[
            { value: "compact", label: "Compact" },
            { value: "comfortable", label: "Comfortable" },
            { value: "two-metre", label: "Two metres" },
          ]}
          label="Density"
          onChange={(density) => setPreferences({ density })}
          value={prefs.density}
        />
        <Segments
          choices={[
            { value: "left", label: "Left hand" },
            { value: "right", label: "Right hand" },
          ]}
          hint="Mirrors the bars and the order of terminal and panels"
          label="Handedness"
          onChange={(hand) => setPreferences({ hand })}
          value={prefs.hand}
        />
        <Switch
          checked={prefs.wakeLock}
          hint="While a session is live and this page is visible"
          label="Keep the screen on"
          onChange={(wakeLock) => setPreferences({ wakeLock })}
        />
        {locked ? null : <KeepNothing />}
        <InstallRow />
      </section>
      <SignalsSection />
      <VaultSection />
      {locked ? (
        <p className="rs-muted">Keys, paired devices and what happened are shown when the vault is open.</p>
      ) : (
        <>
          <KeysSection />
          <ClientsSection />
        </>
      )}
      <AccountSection />
      {locked ? null : <ActivitySection />}
      <CertificateSection />
      <About />
    </Sheet>
  );
}

/** The choice is the worker's, since it holds what would be kept [WP32]. */
function KeepNothing() {
  const storage = useView("storage");
  const dispatch = useDispatch();
  return (
    <Switch
      checked={storage?.keep_nothing ?? false}
      hint={
        "Output, command history, readings and what is needed to come back to a session are not stored, and what was " +
        "stored is deleted now. If this page is closed, its sessions cannot be shown again with their screen: they " +
        "stay at the proxy for their grace time, under “Running elsewhere”. The pairing stays. Deleting cannot undo " +
        "a copy of the browser profile that somebody made before."
      }
      label="Keep nothing on this tablet"
      onChange={(on) => void dispatch(commands.keepNothing(on))}
    />
  );
}

function InstallRow() {
  const install = useSyncExternalStore(installState.subscribe, installState.get);
  if (install !== "prompt") return null;
  return (
    <div className="rs-btn-row">
      <Button icon="install" onClick={() => void promptInstall()}>
        Install Rackside
      </Button>
    </div>
  );
}

function About() {
  const link = useView("link");
  const update = useSyncExternalStore(updateState.subscribe, updateState.get);
  const offline = {
    none: "not yet known",
    offline_ready: "ready",
    update_ready: "ready; a newer version waits",
    failed: `not possible here: ${update.why ?? "unknown cause"}`,
  }[update.phase];
  return (
    <section className="rs-settings-section">
      <h3>About</h3>
      <dl className="rs-facts">
        <dt>App</dt>
        <dd>{__APP_VERSION__}</dd>
        <dt>Proxy</dt>
        <dd>{link?.proxy_version ?? "not connected"}</dd>
        <dt>Start without network</dt>
        <dd>{offline}</dd>
        <dt>Licence</dt>
        <dd>Apache-2.0; typeface IBM Plex under the SIL Open Font License</dd>
      </dl>
    </section>
  );
}
