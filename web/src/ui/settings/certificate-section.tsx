import { useEffect, useState } from "react";
import { Callout } from "../primitives/callout.tsx";
import { askTlsFacts, type CertificateFacts, daysLeft, isAddress, type TlsFacts } from "./certificate-facts.ts";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The certificates that this connection rests on, with what to compare and when they end [S31]. */
export function CertificateSection() {
  const [facts, setFacts] = useState<TlsFacts | "asking" | undefined>("asking");
  useEffect(() => {
    let wanted = true;
    const ask = async () => {
      const found = await askTlsFacts();
      if (wanted) setFacts(found);
    };
    void ask();
    return () => {
      wanted = false;
    };
  }, []);
  return (
    <section className="rs-settings-section" data-testid="certificates">
      <h3>Certificate</h3>
      {facts === "asking" ? <p>Asking the proxy…</p> : facts === undefined ? <Unknown /> : <Known facts={facts} />}
    </section>
  );
}

function Unknown() {
  return <p>Not known at the moment: the proxy could not be asked.</p>;
}

function Known({ facts }: { facts: TlsFacts }) {
  if (facts.mode === "none") {
    return <p>None: this page comes from the same machine, or over a connection that something else protects.</p>;
  }
  const { ca, leaf, problem, mode } = facts;
  return (
    <>
      {problem === undefined ? null : (
        <Callout title="The certificate could not be replaced" tone="crit">
          <p>
            <bdi>{problem}</bdi>
          </p>
        </Callout>
      )}
      {leaf.warns ? (
        <Callout title={`The proxy’s certificate: ${daysLeft(leaf.days_left)}`} tone="warn">
          <p>
            {mode === "files"
              ? "Replace the files on the proxy; it takes them up by itself."
              : "The proxy should have renewed it by itself. Look at its log, or start it again."}
          </p>
        </Callout>
      ) : null}
      {ca?.warns ? (
        <Callout title={`The local CA: ${daysLeft(ca.days_left)}`} tone="warn">
          <p>Make another with “rackside tls new-ca”; every tablet has to trust it, with “rackside tls enroll”.</p>
        </Callout>
      ) : null}
      <dl className="rs-facts">
        <Certificate facts={leaf} title={mode === "files" ? "Your own certificate" : "Proxy"} />
        <dt>Good for</dt>
        <dd>
          <bdi>{leaf.names.join(", ")}</bdi>
        </dd>
        {ca === undefined ? null : <Certificate facts={ca} title="Local CA" />}
      </dl>
      {isAddress(location.hostname) ? (
        <p className="rs-muted">This page was opened by address. Passkeys work only when it is opened by name.</p>
      ) : null}
    </>
  );
}

function Certificate({ facts, title }: { facts: CertificateFacts; title: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <bdi>{facts.name}</bdi>, until {day.format(new Date(facts.not_after))} ({daysLeft(facts.days_left)})
      </dd>
      <dt>SHA-256</dt>
      <dd>
        <code className="rs-fingerprint">{facts.sha256}</code>
      </dd>
    </>
  );
}
