import "./clients.css";
import { useCallback, useEffect, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { type Unversioned, useDispatch, useView } from "#bridge/hooks.ts";
import type { ClientsAnswer, ErrorPayload, Result } from "#bridge/types.ts";
import { ErrorNotice } from "../status/error-notice.tsx";
import { useNow } from "../status/use-now.ts";
import { ClientRow } from "./client-row.tsx";
import { NewPairing } from "./new-pairing.tsx";

/** While a code is shown, the device that uses it should appear without a tap. */
const LOOK_MS = 3_000;

/** Paired devices of this user: list, names, revocation, codes for more [S11]. */
export function ClientsSection() {
  const dispatch = useDispatch();
  const online = useView("link")?.phase === "online";
  const user = useView("sign_in")?.user;
  const now = useNow();
  const [list, setList] = useState<ClientsAnswer>();
  const [error, setError] = useState<ErrorPayload>();
  const [looking, setLooking] = useState(false);
  const take = useCallback((result: Result<ClientsAnswer>): void => {
    setError(result.ok ? undefined : result.error);
    if (result.ok && result.value !== undefined) setList(result.value);
  }, []);
  const ask = (command: Unversioned): void => void dispatch<ClientsAnswer>(command).then(take);
  useEffect(() => {
    if (online) void dispatch<ClientsAnswer>(commands.listClients()).then(take);
  }, [online, dispatch, take]);
  useEffect(() => {
    if (!looking || !online) return undefined;
    const look = (): void => void dispatch<ClientsAnswer>(commands.listClients()).then(take);
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [looking, online, dispatch, take]);
  return (
    <section className="rs-settings-section" data-testid="clients">
      <h3>Devices that may use this proxy</h3>
      {online ? null : <p className="rs-muted">Shown while there is a connection to the proxy.</p>}
      <ErrorNotice error={online ? error : undefined} title="The proxy did not do that" />
      <ul className="rs-clients">
        {(list?.clients ?? []).map((client) => (
          <ClientRow
            client={client}
            foreign={client.user !== user}
            key={client.client_id}
            now={now}
            onRename={(label) => ask(commands.renameClient(client.client_id, label))}
            onRevoke={(ends) => ask(commands.revokeClient(client.client_id, ends))}
          />
        ))}
      </ul>
      {list === undefined || list.more === 0 ? null : (
        <p className="rs-muted">And {list.more} more, seen longer ago: “rackside clients” lists all of them.</p>
      )}
      {online ? <NewPairing onMade={() => setLooking(true)} /> : null}
    </section>
  );
}
