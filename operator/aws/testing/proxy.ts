import { createServer, request, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsTunnelEnd } from "node:tls";
import { TEST_CERTIFICATE } from "./certificate.ts";

/** What the proxy was asked: "CONNECT host:port" or "GET http://host/path". */
export interface ProxiedRequest {
  line: string;
  /** "USER:PASSWORD" of Proxy-Authorization. */
  user: string | undefined;
}

export interface TestProxy extends AsyncDisposable {
  port: number;
  requests: ProxiedRequest[];
}

/**
 * An HTTP proxy that leads each host to the HTTP server on `target`, a port of this host; a tunnel ends in TLS. With
 * `tls`, the proxy itself is served by TLS.
 */
export async function startProxy(target: number, { tls = false } = {}): Promise<TestProxy> {
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const record = ({ method, url, headers }: IncomingMessage) => {
    const [, encoded = ""] = headers["proxy-authorization"]?.split(" ") ?? [];
    requests.push({
      line: `${method} ${url}`,
      user: encoded === "" ? undefined : Buffer.from(encoded, "base64").toString(),
    });
  };
  const join = (one: Socket, other: Socket) => {
    for (const socket of [one, other]) sockets.add(socket.on("error", () => {}));
    one.pipe(other).pipe(one);
  };
  const tunnelEnd = createTlsTunnelEnd(TEST_CERTIFICATE, (socket) => join(socket, connect(target, "127.0.0.1")));
  const forward: RequestListener = (incoming, response) => {
    record(incoming);
    const { pathname, search } = new URL(incoming.url ?? "");
    const { method, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port: target, method, path: pathname + search, headers, agent: false });
    onward.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  };
  const server = tls ? createTlsServer(TEST_CERTIFICATE, forward) : createServer(forward);
  server.on("connect", (incoming, socket: Socket) => {
    record(incoming);
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    join(socket, connect(portOf(tunnelEnd), "127.0.0.1"));
  });
  for (const each of [server, tunnelEnd]) await new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server),
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      for (const each of [server, tunnelEnd]) await new Promise((resolve) => each.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
