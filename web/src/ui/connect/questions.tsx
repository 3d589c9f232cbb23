import "./question.css";
import { useViewSelector } from "#bridge/hooks.ts";
import { AgentDialog } from "./agent-dialog.tsx";
import { AuthDialog } from "./auth-dialog.tsx";
import { HostKeyDialog } from "./host-key-dialog.tsx";

/** The question that waits for this device; its terminal's comes before its telemetry's. */
export function Questions({ device }: { device: string }) {
  const asked = useViewSelector(`device:${device}`, (view) =>
    view?.ssh1.question !== undefined
      ? view.ssh1.question
      : view?.ssh2.question !== undefined
        ? view.ssh2.question
        : undefined,
  );
  const session = useViewSelector(`device:${device}`, (view) => (view?.ssh1.question === undefined ? "ssh2" : "ssh1"));
  if (asked === undefined) return null;
  if (asked.kind === "agent") return <AgentDialog device={device} key={asked.id} question={asked} />;
  return asked.kind === "host_key" ? (
    <HostKeyDialog device={device} key={asked.id} question={asked} session={session} />
  ) : (
    <AuthDialog device={device} key={asked.id} question={asked} session={session} />
  );
}
