import "./clients.css";
import { useCallback, useEffect, useRef, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ActivityAnswer, ActivityEntry, ErrorPayload, Result } from "#bridge/types.ts";
import { clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { SelectField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { DeviceText } from "../text/device-text.tsx";
import { deviceOf, factsOf } from "./activity-facts.ts";
import { eventWords, iconOf, KINDS } from "./activity-words.ts";

const PAGE = 25;
const FACTS_MAX_CHARS = 600;
const DEVICE_MAX_CHARS = 320;
type Kind = (typeof KINDS)[number]["value"];

/** What the proxy's audit log has about this user, newest first [S94]. */
export function ActivitySection() {
  const dispatch = useDispatch();
  const online = useView("link")?.phase === "online";
  const failing = useView("proxy")?.audit === "failing";
  const [kind, setKind] = useState<Kind>("");
  const [entries, setEntries] = useState<readonly ActivityEntry[]>([]);
  const [next, setNext] = useState<number>();
  const [error, setError] = useState<ErrorPayload>();
  const end = useRef(next);
  const shown = useRef<Kind>(kind);
  useEffect(() => {
    end.current = next;
    shown.current = kind;
  }, [next, kind]);
  const now = useNow();
  const read = useCallback(
    (prefix: Kind, before?: number): Promise<Result<ActivityAnswer>> =>
      dispatch<ActivityAnswer>(
        commands.listAudit({
          limit: PAGE,
          ...(prefix === "" ? {} : { prefix }),
          ...(before === undefined ? {} : { before }),
        }),
      ),
    [dispatch],
  );
  const take = useCallback((result: Result<ActivityAnswer>, older: boolean): void => {
    setError(result.ok ? undefined : result.error);
    if (!result.ok || result.value === undefined) return;
    const page = result.value;
    setEntries((old) => (older ? [...old, ...page.entries] : page.entries));
    setNext(page.next);
  }, []);
  useEffect(() => {
    if (!online) return undefined;
    let wanted = true;
    void read(kind).then((result) => (wanted ? take(result, false) : undefined));
    // Another kind was chosen, or the sheet closed.
    return () => {
      wanted = false;
    };
  }, [online, kind, read, take]);
  const again = async (): Promise<void> => {
    const result = await read(kind);
    if (shown.current === kind) take(result, false);
  };
  const older = async (): Promise<void> => {
    const from = next;
    const result = await read(kind, from);
    // A list that was read anew meanwhile has another end.
    if (end.current === from) take(result, true);
  };
  return (
    <section className="rs-settings-section" data-testid="activity">
      <h3>Activity</h3>
      <p className="rs-muted">What the proxy has written down about you. It never holds what you type or see.</p>
      {failing ? (
        <Callout title="The proxy cannot write this log" tone="warn">
          <p>What happens now is not written down. Tell whoever runs the proxy.</p>
        </Callout>
      ) : null}
      <SelectField choices={KINDS} label="Show" onChange={setKind} value={kind} />
      {online ? null : <p className="rs-muted">Shown while there is a connection to the proxy.</p>}
      {error === undefined || !online ? null : <ErrorNote error={error} />}
      <ol className="rs-activity">
        {entries.map((entry) => (
          <Entry entry={entry} key={entry.seq} now={now} />
        ))}
      </ol>
      {entries.length === 0 && online && next === undefined ? <p>Nothing of this kind.</p> : null}
      <div className="rs-btn-row">
        <Button icon="refresh" onClick={() => void again()}>
          Look again
        </Button>
        {next === undefined ? null : (
          <Button icon="down" onClick={() => void older()}>
            Older
          </Button>
        )}
      </div>
    </section>
  );
}

function Entry({ entry, now }: { entry: ActivityEntry; now: number }) {
  const device = deviceOf(entry, useView("catalog")?.records ?? []);
  return (
    <li data-outcome={entry.outcome}>
      <Icon name={iconOf(entry)} />
      <div>
        <p>
          {device === undefined ? null : (
            <>
              <strong>
                <DeviceText max={DEVICE_MAX_CHARS} text={device} />
              </strong>{" "}
            </>
          )}
          <strong>{eventWords(entry.event)}</strong>{" "}
          <span className="rs-muted">{clockText(Date.parse(entry.ts), now)}</span>
        </p>
        <p className="rs-muted">
          <DeviceText max={FACTS_MAX_CHARS} text={factsOf(entry)} />
        </p>
      </div>
    </li>
  );
}
