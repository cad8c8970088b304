/** Authenticated HTTP to the API server over one keep-alive agent. client-node itself creates one per call. */

import type { RequestOptions } from "node:https";
import type { DispatcherOptions, KubeConfig } from "@kubernetes/client-node";
import { Agent, ProxyAgent, type buildConnector, type Dispatcher } from "undici";
import { abortable, systemClock, type Clock } from "../clock.ts";
import { KubeError, NO_CREDENTIALS } from "./errors.ts";
import { createExecPlugin, type PluginCredentials } from "./exec-plugin.ts";
import type { KubeUser } from "./kubeconfig-entries.ts";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Including the query. */
  path: string;
  body?: string;
  contentType?: string;
  signal: AbortSignal;
}

export interface Connection {
  /** The API server's host and port, for metrics. */
  host: string;
  /** Resolves with the headers. The caller must read or cancel the body. The signal is the only timeout. */
  send(request: HttpRequest): Promise<Dispatcher.ResponseData>;
  /** Aborts all open requests. */
  close(): Promise<void>;
}

/** Gets credentials from `kubeConfig`, or its plugin, for each request: both are cached, and renewed on expiry. */
export function createConnection(kubeConfig: KubeConfig, userAgent: string, clock: Clock = systemClock): Connection {
  const server = new URL(kubeConfig.getCurrentCluster()?.server ?? "http://localhost:8080");
  const prefix = server.pathname.replace(/\/+$/, "");
  const shared = createSharedAgent(kubeConfig);
  const { plugin: config, impersonation = {} }: Partial<KubeUser> = kubeConfig.getCurrentUser() ?? {};
  const plugin = config && createExecPlugin(config, clock);

  return {
    host: server.host,
    async send({ method, path, body, contentType, signal }) {
      const fromPlugin = plugin && (await abortable(plugin.credentials(), signal));
      const options = { ...(await abortable(authenticate(kubeConfig), signal)), ...tlsOf(fromPlugin) };
      const headers: Record<string, string | string[]> = {
        ...authHeaders(options, fromPlugin),
        ...Object.fromEntries(Object.entries(impersonation).map(([name, values]) => [name, [...values]])),
        accept: "application/json",
        "user-agent": userAgent,
      };
      if (contentType !== undefined) headers["content-type"] = contentType;
      const answer = await shared.agentFor(options).request({
        origin: server.origin,
        path: prefix + path,
        method,
        headers,
        body: body ?? null,
        signal,
      });
      if (answer.statusCode === 401 && fromPlugin !== undefined) plugin?.reject(fromPlugin);
      return answer;
    },
    async close() {
      plugin?.close();
      await shared.close();
    },
  };
}

/** Drops the error, which may contain a secret. */
async function authenticate(kubeConfig: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch {
    throw new KubeError("authenticate", 0, NO_CREDENTIALS, "the kubeconfig's credentials could not be read");
  }
  if (needsToken(kubeConfig) && !/^Bearer \S/.test(bearerOf(options)))
    throw new KubeError("authenticate", 0, NO_CREDENTIALS, "the file with the token is empty");
  return options;
}

/** Whether a request without a token would be anonymous by mistake. */
function needsToken(kubeConfig: KubeConfig): boolean {
  const provider = kubeConfig.getCurrentUser()?.authProvider as AuthProvider | undefined;
  return provider?.config?.tokenFile !== undefined;
}

interface AuthProvider {
  config?: { tokenFile?: unknown };
}

function bearerOf({ headers }: RequestOptions): string {
  return String(new Map(Object.entries(headers ?? {})).get("Authorization"));
}

function tlsOf({ cert, key }: PluginCredentials = {}): RequestOptions {
  return cert === undefined || key === undefined ? {} : { cert, key };
}

function authHeaders({ headers, auth }: RequestOptions, plugin: PluginCredentials = {}): Record<string, string> {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value).trim()]);
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
  const bearer = plugin.token === undefined ? {} : { authorization: `Bearer ${plugin.token.trim()}` };
  return { ...basic, ...bearer, ...Object.fromEntries(given) };
}

/** Keeps one agent until the CA or the client certificate changes. */
function createSharedAgent(kubeConfig: KubeConfig) {
  let agent: Dispatcher | undefined;
  let madeFor: string | undefined;
  return {
    agentFor(options: RequestOptions): Dispatcher {
      const { ca, cert, key, servername, rejectUnauthorized } = options;
      const material = JSON.stringify([ca, cert, key, servername, rejectUnauthorized]);
      if (agent === undefined || material !== madeFor) {
        // Open requests finish on the old agent.
        agent?.close().catch(() => {});
        const tls = Object.fromEntries(
          Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
        );
        agent = createAgent(kubeConfig.createDispatcherOptions(kubeConfig.getCurrentCluster(), tls));
        madeFor = material;
      }
      return agent;
    },
    async close() {
      await agent?.destroy();
    },
  };
}

function createAgent(options: DispatcherOptions): Dispatcher {
  const common = {
    // HTTP/2 is not tested with watches that stay open for days.
    allowH2: false,
    // undici's default of 300 s would cut quiet watches. The callers' signals are the timeouts.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Below the API server's idle limit of 90 s, so that the client closes first.
    keepAliveTimeout: 60_000,
  };
  if (options.type === "socks") {
    throw new KubeError("connect", 0, NO_CREDENTIALS, "the kubeconfig names a SOCKS proxy, which is not supported");
  }
  if (options.type === "proxy") {
    const requestTls = { ...options.requestTls, allowH2: false } as buildConnector.BuildOptions;
    return new ProxyAgent({ ...common, uri: options.uri, requestTls });
  }
  const tls = options.type === "agent" ? options.connect : {};
  return new Agent({ ...common, connect: { ...tls, timeout: 10_000 } as buildConnector.BuildOptions });
}
