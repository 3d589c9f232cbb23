import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startDropbear, startSshd, type TestSshServer } from "#support/sshd.ts";

const tools = await requireTools("sshd", "ssh-keygen", "dropbear", "dropbearkey");
const ownAccounts = requireOwnAccounts();

function login(server: TestSshServer, config: ConnectConfig): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client)).once("error", reject);
    client.connect({ host: server.host, port: server.port, username: server.user, ...config });
  });
}
function exec(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) {
        reject(error);
        return;
      }
      let text = "";
      stream.on("data", (data: Buffer) => {
        text += data.toString();
      });
      stream.on("close", () => resolve(text));
    });
  });
}

describe.skipIf(!tools.ok)("a private SSH server", () => {
  const servers: TestSshServer[] = [];
  const clients: Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    for (const server of servers.splice(0)) await server.stop();
  });

  it("OpenSSH lets the test's key in and runs commands", async () => {
    const server = await startSshd(tools);
    servers.push(server);
    const client = await login(server, { privateKey: server.privateKey });
    clients.push(client);
    expect(await exec(client, "id -un")).toBe(`${server.user}\n`);
    expect(server.fingerprint).toMatch(/^SHA256:/);
  });

  it.skipIf(!ownAccounts)("OpenSSH takes the right password and no other", async () => {
    const server = await startSshd(tools);
    servers.push(server);
    clients.push(await login(server, { password: server.password ?? "" }));
    await expect(login(server, { password: "wrong" })).rejects.toMatchObject({ level: "client-authentication" });
  });

  it("MaxSessions 1 refuses a second channel", async () => {
    const server = await startSshd(tools, { maxSessions: 1 });
    servers.push(server);
    const client = await login(server, { privateKey: server.privateKey });
    clients.push(client);
    const first = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell((error, stream) => {
        if (error) reject(error);
        else resolve(stream);
      });
    });
    await expect(exec(client, "true")).rejects.toThrow("open failed");
    first.close();
  });

  it("killing sessions ends connections and leaves the server", async () => {
    const server = await startSshd(tools);
    servers.push(server);
    const client = await login(server, { privateKey: server.privateKey });
    const closed = new Promise<void>((resolve) => {
      client.on("error", () => undefined);
      client.once("close", () => resolve());
    });
    await server.killSessions();
    await closed;
    clients.push(await login(server, { privateKey: server.privateKey }));
  });

  it.skipIf(!ownAccounts)("dropbear takes key and password", async () => {
    const server = await startDropbear(tools);
    servers.push(server);
    const client = await login(server, { privateKey: server.privateKey });
    clients.push(client, await login(server, { password: server.password ?? "" }));
    expect(await exec(client, "id -un")).toBe(`${server.user}\n`);
    expect(server.fingerprint).toMatch(/^SHA256:/);
  });
});
