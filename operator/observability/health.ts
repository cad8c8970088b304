import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { formatAddress, type ListenAddress } from "./address.ts";

/** Returns undefined if ready, else the problem. Must not wait or call AWS: throttling must not restart Pods. */
export type ReadyCheck = () => string | undefined;

export interface HealthOptions {
  /** Serves /healthz and /readyz; absent: not served. May be the same as `metricsAddress`. */
  healthAddress?: ListenAddress | undefined;
  /** Serves /metrics; absent: not served. */
  metricsAddress?: ListenAddress | undefined;
  /** Under the names that /readyz lists. */
  readyChecks: Readonly<Record<string, ReadyCheck>>;
  registry: Registry;
}

export interface HealthServers {
  /** Ports in use, by path. */
  ports: Readonly<Record<string, number>>;
  /** Closes all servers; open requests get a second to finish. */
  close: () => Promise<void>;
}

interface Answer {
  status: number;
  contentType?: string;
  body: string;
}

type Route = () => Answer | Promise<Answer>;

/** @throws Error that names the flag and the address that cannot be used. No server is left running then. */
export async function startHealthServers(options: HealthOptions): Promise<HealthServers> {
  const servers: Server[] = [];
  const ports: Record<string, number> = {};
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  try {
    for (const { flag, address, routes } of listeners(options)) {
      const server = createServer((request, response) => void answer(routes, request, response));
      servers.push(server);
      const port = await listen(server, address, flag);
      for (const path of Object.keys(routes)) ports[path] = port;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports, close };
}

interface Listener {
  flag: string;
  address: ListenAddress;
  routes: Record<string, Route>;
}

function listeners({ healthAddress, metricsAddress, readyChecks, registry }: HealthOptions): Listener[] {
  const health: Record<string, Route> = {
    // An answer proves that the event loop is not blocked.
    "/healthz": () => ({ status: 200, body: "ok\n" }),
    "/readyz": () => readiness(readyChecks),
  };
  const metrics: Record<string, Route> = {
    "/metrics": async () => ({ status: 200, contentType: registry.contentType, body: await registry.metrics() }),
  };
  if (healthAddress && metricsAddress && isSame(healthAddress, metricsAddress)) {
    const flag = "--health-address and --metrics-address";
    return [{ flag, address: healthAddress, routes: { ...health, ...metrics } }];
  }
  return [
    ...(healthAddress ? [{ flag: "--health-address", address: healthAddress, routes: health }] : []),
    ...(metricsAddress ? [{ flag: "--metrics-address", address: metricsAddress, routes: metrics }] : []),
  ];
}

function isSame(a: ListenAddress, b: ListenAddress): boolean {
  return a.port !== 0 && formatAddress(a) === formatAddress(b);
}

/** In the format of kube-apiserver: https://kubernetes.io/docs/reference/using-api/health-checks/ */
function readiness(checks: Readonly<Record<string, ReadyCheck>>): Answer {
  const results = Object.entries(checks).map(([name, check]) => ({ name, problem: problemOf(check) }));
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name}: ${problem}`,
  );
  const ready = results.every(({ problem }) => problem === undefined);
  return { status: ready ? 200 : 503, body: [...lines, ready ? "ready" : "not ready", ""].join("\n") };
}

function problemOf(check: ReadyCheck): string | undefined {
  try {
    return check();
  } catch (error) {
    return String(error);
  }
}

async function answer(
  routes: Record<string, Route>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, contentType = "text/plain; charset=utf-8", body } = await decide(routes, request);
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function decide(routes: Record<string, Route>, { method = "", url = "" }: IncomingMessage): Promise<Answer> {
  const path = url.split("?", 1)[0] ?? "";
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: `Not found; there is ${Object.keys(routes).join(", ")}\n` };
  if (method !== "GET" && method !== "HEAD") return { status: 405, body: "Only GET and HEAD\n" };
  try {
    return await route();
  } catch (error) {
    return { status: 500, body: `${String(error)}\n` };
  }
}

function listen(server: Server, address: ListenAddress, flag: string): Promise<number> {
  // Probes and scrapers are fast: do not keep connections of slow clients.
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? `port ${address.port} is in use` : error.message;
      reject(new Error(`${flag} ${formatAddress(address)}: ${why}`, { cause: error }));
    });
    server.listen(address, () => resolve((server.address() as AddressInfo).port));
  });
}

/** A connection without a request is not idle to Node.js, and would keep the server open forever. */
const CLOSE_MS = 1_000;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    // The only error is that the server was not listening.
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
