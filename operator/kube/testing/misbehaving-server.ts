/** An HTTP server that lists and watches like an API server, or misbehaves as a test says. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { keyOf, type KubeObject } from "../object.ts";

export interface RecordedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

export type Behaviour = (response: ServerResponse, request: RecordedRequest) => void;

export interface MisbehavingServer {
  /** Has the token "token-1", which tests may change. */
  kubeConfig: KubeConfig;
  requests: RecordedRequest[];
  lists(): RecordedRequest[];
  watches(): RecordedRequest[];
  /** For the next lists, watches and other requests, in order. Later ones get regular responses. */
  onList: Behaviour[];
  onWatch: Behaviour[];
  onOther: Behaviour[];
  /** The objects of a list; set by {@link change}. */
  objects: Map<string, KubeObject>;
  resourceVersion: number;
  /** Stores the object with a new resourceVersion and sends it to the open watches. */
  change(type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): void;
  /** Sends text to the open watches. */
  emit(text: string): void;
  openWatches(): number;
  /** Ends the open watches, as after timeoutSeconds. */
  endWatches(): void;
  /** Resets the connections of the open watches. */
  cutWatches(): void;
  /** TCP connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

export const refuse = (status: number, reason: string, headers?: Record<string, string>): Behaviour =>
  answer(status, { kind: "Status", code: status, reason, message: `refused: ${reason}` }, headers);

export const reset: Behaviour = (response) => void response.socket?.resetAndDestroy();

/** Neither responds nor closes. */
export const hang: Behaviour = () => {};

/** A watch that sends `text` and then ends, or stays open. */
export const stream =
  (text: string, { end = false } = {}): Behaviour =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(text);
    if (end) response.end();
  };

export const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const open = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let accepted = 0;

  const isWatch = ({ query }: RecordedRequest) => query.get("watch") === "true";
  const isList = (request: RecordedRequest) =>
    request.method === "GET" && !isWatch(request) && request.path.endsWith("/widgets");

  const list: Behaviour = (response, { path, query }) => {
    const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
    const name = query.get("fieldSelector")?.replace("metadata.name=", "");
    const items = [...server.objects.values()]
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .filter(({ metadata }) => name === undefined || metadata.name === name);
    answer(200, { kind: "List", metadata: { resourceVersion: String(server.resourceVersion) }, items })(
      response,
      last(),
    );
  };
  const watch: Behaviour = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    open.add(response);
    response.on("close", () => open.delete(response));
  };
  const last = () => server.requests.at(-1) as RecordedRequest;

  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://server");
      const recorded: RecordedRequest = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      server.requests.push(recorded);
      if (isList(recorded)) (server.onList.shift() ?? list)(response, recorded);
      else if (isWatch(recorded)) (server.onWatch.shift() ?? watch)(response, recorded);
      else (server.onOther.shift() ?? refuse(404, "NotFound"))(response, recorded);
    });
  });
  http.on("connection", (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });

  const kubeConfig = new KubeConfig();
  const { port } = http.address() as AddressInfo;
  kubeConfig.loadFromClusterAndUser(
    // client-node requires skipTLSVerify for plain HTTP.
    { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "test", token: "token-1" },
  );

  const server: MisbehavingServer = {
    kubeConfig,
    requests: [],
    lists: () => server.requests.filter(isList),
    watches: () => server.requests.filter(isWatch),
    onList: [],
    onWatch: [],
    onOther: [],
    objects: new Map(),
    resourceVersion: 100,
    change(type, object) {
      server.resourceVersion += 1;
      const metadata = { ...object.metadata, resourceVersion: String(server.resourceVersion) };
      const stored = { ...object, metadata };
      if (type === "DELETED") server.objects.delete(keyOf(metadata));
      else server.objects.set(keyOf(metadata), stored);
      server.emit(line(type, stored));
    },
    endWatches() {
      for (const response of open) response.end();
    },
    cutWatches() {
      for (const response of open) response.socket?.resetAndDestroy();
    },
    emit(text) {
      for (const response of open) response.write(text);
    },
    openWatches: () => open.size,
    connections: () => accepted,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        http.close(() => resolve());
      }),
  };
  return server;
}
