import { clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { useNow } from "../status/use-now.ts";
import { snoozeChoices } from "./alert-words.ts";
import { LEVEL_TEXTS, SIGNAL_CHANNELS, SIGNAL_LEVELS, type SignalChannel } from "./signal-levels.ts";
import { deviceSignals, isOn, setDeviceSignals, useSignals } from "./signal-preferences.ts";

const CHANNELS: Record<SignalChannel, string> = { vibration: "Vibrate", sound: "Sound", notification: "Notify" };

/** Quiet for a while, and what each level of a device does [U71]. */
export function DeviceSignals({ device }: { device: string }) {
  const signals = useSignals();
  const now = useNow();
  const own = deviceSignals(signals, device);
  const quiet = own.quiet_until !== undefined && own.quiet_until > now ? own.quiet_until : undefined;
  const off = SIGNAL_CHANNELS.filter((channel) => !signals[channel]);
  return (
    <section className="rs-form">
      <h3>{quiet === undefined ? "Quiet for a while" : `Quiet until ${clockText(quiet, now)}`}</h3>
      <p className="rs-muted">No sound, no vibration and no notification of this device. The strip goes on.</p>
      <div className="rs-btn-row">
        {snoozeChoices(now).map(({ label, until }) => (
          <Button icon="pause" key={label} onClick={() => setDeviceSignals(device, { ...own, quiet_until: until })}>
            {label}
          </Button>
        ))}
        {quiet === undefined ? null : (
          <Button icon="play" onClick={() => setDeviceSignals(device, { cells: own.cells })}>
            Not quiet any more
          </Button>
        )}
      </div>
      <h3>What each level does</h3>
      {off.length === 0 ? null : (
        <p className="rs-muted">
          Off in the settings of this tablet, for every device: {off.map((one) => CHANNELS[one]).join(", ")}.
        </p>
      )}
      <table className="rs-signal-table">
        <thead>
          <tr>
            <th scope="col">Level</th>
            {SIGNAL_CHANNELS.map((channel) => (
              <th key={channel} scope="col">
                {CHANNELS[channel]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {SIGNAL_LEVELS.map((level) => (
            <tr key={level}>
              <th scope="row">
                {LEVEL_TEXTS[level].word}
                <span className="rs-muted rs-block">{LEVEL_TEXTS[level].what}</span>
              </th>
              {SIGNAL_CHANNELS.map((channel) => (
                <td key={channel}>
                  <label className="rs-signal-cell">
                    <input
                      aria-label={`${LEVEL_TEXTS[level].word}: ${CHANNELS[channel]}`}
                      checked={isOn(signals, device, level, channel)}
                      onChange={(event) =>
                        setDeviceSignals(device, {
                          ...own,
                          cells: { ...own.cells, [`${level}.${channel}`]: event.target.checked },
                        })
                      }
                      type="checkbox"
                    />
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
