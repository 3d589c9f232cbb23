/** Answers to what is no request at all: headers too large or too slow, bytes that are no HTTP (section 4). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { NO_SITE } from "./responses.ts";
import { securityHeaders } from "./security-headers.ts";

type Server = {
  on(event: "clientError", listener: (error: NodeJS.ErrnoException, socket: Duplex) => void): unknown;
  on(event: "request", listener: (req: IncomingMessage, res: ServerResponse) => void): unknown;
};

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers once and closes; within an answer that has begun there is nothing to say. */
export function answerMalformed(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on("request", (req, res) => {
    answering.set(req.socket, res);
    res.once("close", () => {
      if (answering.get(req.socket) === res) answering.delete(req.socket);
    });
  });
  server.on("clientError", (error, socket) => {
    // Where TLS failed, or took too long, there is nothing to write to.
    const isHttp = error.code?.startsWith("HPE_") === true || error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (!isHttp || !socket.writable || answering.get(socket)?.headersSent === true) {
      socket.destroy();
      return;
    }
    const headers = {
      ...securityHeaders(NO_SITE),
      "Cache-Control": "no-store",
      "Content-Length": 0,
      Connection: "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const status = STATUS[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n\r\n`, () => socket.destroy());
  });
}
