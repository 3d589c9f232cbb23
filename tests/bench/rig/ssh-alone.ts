import { once } from "node:events";
import { Client, type ClientChannel } from "ssh2";
import type { TestSshServer } from "#support/sshd.ts";
import type { Shell } from "./shell.ts";

/** The floor of the proxy's figures: the stock ssh2 client by itself, in this process. */
export async function openAlone({ host, port, user, privateKey }: TestSshServer): Promise<Shell> {
  const client = new Client();
  const ready = once(client, "ready");
  client.connect({ host, port, username: user, privateKey });
  await ready;
  client.setNoDelay(true);
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell({ term: "xterm-256color", cols: 120, rows: 40 }, (error, opened) =>
      error === undefined ? resolve(opened) : reject(error),
    );
  });
  return {
    write: (text) => void channel.write(text),
    onOutput: (listener) => void channel.on("data", listener),
    close: async () => {
      const closed = once(client, "close");
      client.end();
      await closed;
    },
  };
}
