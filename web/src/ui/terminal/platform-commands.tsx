import { useView } from "#bridge/hooks.ts";
import { knownCommands } from "#telemetry/knowledge/commands.ts";
import { isPlatformId, platforms } from "#telemetry/knowledge/platforms.ts";

type Props = { device: string; search: string; onInsert: (line: string) => void };

/** Show commands of the device's platform, as telemetry found it; a tap puts one at the cursor, without Enter [S91]. */
export function PlatformCommands({ device, search, onInsert }: Props) {
  const platform = useView(`device:${device}`)?.ssh2.platform?.id;
  if (platform === undefined || !isPlatformId(platform)) return null;
  const words = search.toLowerCase().split(/\s+/);
  const found = knownCommands.filter(
    (one) =>
      one.platform === platform && words.every((word) => `${one.text} ${one.title}`.toLowerCase().includes(word)),
  );
  if (found.length === 0) return null;
  return (
    <section>
      <h3>Commands of {platforms.find((one) => one.id === platform)?.title}</h3>
      <ul className="rs-history">
        {found.map((one) => (
          <li key={one.text}>
            <button className="rs-history-line" onClick={() => onInsert(one.text)} type="button">
              <code>{one.text}</code>
              <span>{one.heavy === true ? `${one.title}; long` : one.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
