import { type RunningApp, startApp } from "#support/app.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";

/** The built product, with a network in front of it that can be broken. */
export type RelayedApp = {
  readonly app: RunningApp;
  readonly relay: FaultRelay;
  /** Where browsers find it: the relay. */
  readonly url: string;
  pairingLink(): Promise<string>;
  close(): Promise<void>;
};

/** Starts the product behind a relay. `config` as for `startApp`, without `serve_as`. */
export async function startRelayedApp(config: Record<string, unknown>): Promise<RelayedApp> {
  // The relay looks its target up at every connection: it is known only once the proxy listens.
  const target = { host: "127.0.0.1", port: 0 };
  const relay = await startFaultRelay(target);
  const here = `127.0.0.1:${relay.port}`;
  try {
    const app = await startApp({ args: ["--no-demo"], config: { ...config, serve_as: [here] } });
    target.port = Number(new URL(app.url).port);
    return {
      app,
      relay,
      url: `http://${here}/`,
      pairingLink: async () => {
        const link = new URL(await app.pairAgain());
        link.host = here;
        return link.href;
      },
      close: async () => {
        await app.close();
        await relay.stop();
      },
    };
  } catch (error) {
    await relay.stop();
    throw error;
  }
}
