import "./clients.css";
import { useCallback, useEffect, useRef, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ActivityAnswer, ActivityEntry, ErrorPayload } from "#bridge/types.ts";
import { clockText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { SelectField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { eventWords, factsOf, iconOf, KINDS } from "./activity-words.ts";

const PAGE = 25;
const FACTS_MAX_CHARS = 600;
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
  const asked = useRef(0);
  const load = useCallback(
    async (prefix: Kind, before: number | undefined): Promise<void> => {
      asked.current += 1;
      const turn = asked.current;
      const query = { limit: PAGE, ...(prefix === "" ? {} : { prefix }), ...(before === undefined ? {} : { before }) };
      const result = await dispatch<ActivityAnswer>(commands.listAudit(query));
      // Another kind was chosen meanwhile.
      if (turn !== asked.current) return;
      setError(result.ok ? undefined : result.error);
      if (!result.ok || result.value === undefined) return;
      const page = result.value;
      setEntries((old) => (before === undefined ? page.entries : [...old, ...page.entries]));
      setNext(page.next);
    },
    [dispatch],
  );
  useEffect(() => {
    if (online) void load(kind, undefined);
  }, [online, kind, load]);
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
          <Entry entry={entry} key={entry.seq} />
        ))}
      </ol>
      {entries.length === 0 && online && next === undefined ? <p>Nothing of this kind.</p> : null}
      <div className="rs-btn-row">
        <Button icon="refresh" onClick={() => void load(kind, undefined)}>
          Look again
        </Button>
        {next === undefined ? null : (
          <Button icon="down" onClick={() => void load(kind, next)}>
            Older
          </Button>
        )}
      </div>
    </section>
  );
}

function Entry({ entry }: { entry: ActivityEntry }) {
  return (
    <li data-outcome={entry.outcome}>
      <Icon name={iconOf(entry)} />
      <div>
        <p>
          <strong>{eventWords(entry.event)}</strong>{" "}
          <span className="rs-muted">{clockText(Date.parse(entry.ts), Date.now())}</span>
        </p>
        <p className="rs-muted">
          <DeviceText max={FACTS_MAX_CHARS} text={factsOf(entry)} />
        </p>
      </div>
    </li>
  );
}
