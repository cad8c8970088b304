import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./tls.ts";

export interface Listener extends AsyncDisposable {
  port: number;
}

/** Listens on 127.0.0.1, or on a socket in the file system. With a certificate it speaks TLS. */
export async function listen(
  onRequest: RequestListener,
  { certificate, socket }: { certificate?: Certificate; socket?: string } = {},
): Promise<Listener> {
  const server: Server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest);
  // Otherwise Node asks for the body before the other server refuses it.
  server.on("checkContinue", onRequest);
  // Longer than any client keeps idle connections, so that no request meets a connection that is closing.
  server.keepAliveTimeout = 300_000;
  if (socket === undefined) server.listen(0, "127.0.0.1");
  else server.listen(socket);
  await once(server, "listening");
  return {
    port: socket === undefined ? (server.address() as AddressInfo).port : 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes a request on unchanged, so that its signature stays valid. `body` is what was read from it already. */
export function forward(request: IncomingMessage, response: ServerResponse, target: string, body?: Buffer): void {
  const { hostname, port } = new URL(target);
  const { method, url, rawHeaders } = request;
  // Node's types know only objects here. https://nodejs.org/api/http.html#httprequesturl-options-callback
  const headers = rawHeaders as unknown as Record<string, string>;
  const upstream = httpRequest({ hostname, port, method, path: url, headers, setHost: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  // A server that refuses a request may close the connection before it has read the body.
  upstream.on("error", () => response.headersSent || response.destroy());
  response.on("close", () => upstream.destroy());
  upstream.on("continue", () => {
    response.writeContinue();
    request.pipe(upstream);
  });
  if (body !== undefined) upstream.end(body);
  else if (request.headers.expect === undefined) request.pipe(upstream);
}
