import { type RequestOptions, request } from "node:https";
import type { TLSSocket } from "node:tls";

export type HttpsReply = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** SHA-256 of the certificate of the connection. */
  presented: string;
};
type Options = Pick<RequestOptions, "method" | "headers" | "servername" | "agent"> & { ca: string; body?: string };

/** A request to a server that only `ca` (PEM) vouches for; fetch trusts the system's authorities alone. */
export function httpsRequest(url: string, { ca, body, agent = false, ...options }: Options): Promise<HttpsReply> {
  return new Promise((resolve, reject) => {
    const req = request(url, { ...options, ca, agent }, (res) => {
      const presented = (res.socket as TLSSocket).getPeerCertificate().fingerprint256;
      let text = "";
      res.setEncoding("utf8");
      res.on("data", (chunk: string) => {
        text += chunk;
      });
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text, presented }));
    });
    req.on("error", reject);
    req.end(body);
  });
}

/** `fetch` for a server that only `ca` vouches for: enough of it for small requests with text bodies. */
export function fetchTrusting(ca: string): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = typeof init.body === "string" ? { body: init.body } : {};
    const reply = await httpsRequest(url, { ca, method: init.method ?? "GET", headers, ...body });
    const pairs = Object.entries(reply.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    return new Response(reply.text, { status: reply.status, headers: pairs });
  };
}
