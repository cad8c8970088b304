import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKubeClient, type KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import { createKubeMetrics } from "./metrics.ts";
import type { Resource } from "./object.ts";
import { eventually } from "./testing/eventually.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import {
  answer,
  hang,
  refuse,
  reset,
  startMisbehavingServer,
  type MisbehavingServer,
} from "./testing/misbehaving-server.ts";
import { widget, WIDGETS } from "./testing/objects.ts";

const PODS: Resource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const NODES: Resource = { group: "", version: "v1", kind: "Node", plural: "nodes", namespaced: false };
const key = { namespace: "default", name: "a" };

let server: MisbehavingServer;
let clock: ManualClock;
let client: KubeClient;
let registry: Registry;

beforeEach(async () => {
  server = await startMisbehavingServer();
  clock = createManualClock();
  registry = new Registry();
  client = clientOf(server.kubeConfig);
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const clientOf = (kubeConfig: KubeConfig) =>
  createKubeClient(kubeConfig, { userAgent: "operator/1.0", clock, metrics: createKubeMetrics(registry) });
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("should have failed"),
    (error: unknown) => error,
  );
const request = () => {
  const last = server.requests.at(-1);
  return { ...last, query: Object.fromEntries(last?.query ?? []) };
};

describe("a request", () => {
  beforeEach(() => {
    server.onOther.push(answer(200, widget("a")));
  });

  test("to get an object has credentials and a user agent", async () => {
    expect(await client.get(WIDGETS, key)).toEqual(widget("a"));
    expect(request()).toMatchObject({
      method: "GET",
      path: "/apis/example.org/v1/namespaces/default/widgets/a",
      headers: { authorization: "Bearer token-1", "user-agent": "operator/1.0", accept: "application/json" },
    });
  });

  test("to the core group, or for a cluster-scoped kind, has the right path", async () => {
    await client.get(PODS, key);
    expect(request().path).toBe("/api/v1/namespaces/default/pods/a");
    server.onOther.push(answer(200, {}));
    await client.get(NODES, { name: "n" });
    expect(request().path).toBe("/api/v1/nodes/n");
  });

  test("to create an object is a POST to the collection", async () => {
    await client.create(WIDGETS, widget("a"));
    expect(request()).toMatchObject({ method: "POST", path: "/apis/example.org/v1/namespaces/default/widgets" });
    expect(JSON.parse(request().body ?? "")).toEqual(widget("a"));
  });

  test("to update an object is a PUT", async () => {
    await client.update(WIDGETS, widget("a"));
    expect(request()).toMatchObject({ method: "PUT", path: "/apis/example.org/v1/namespaces/default/widgets/a" });
  });

  test("to patch status has the content type of a merge patch", async () => {
    await client.mergePatch(WIDGETS, key, { status: { size: 1 } }, { subresource: "status" });
    expect(request()).toMatchObject({
      method: "PATCH",
      path: "/apis/example.org/v1/namespaces/default/widgets/a/status",
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"status":{"size":1}}',
    });
  });

  test("for server-side apply has the content type and the field manager", async () => {
    await client.apply(WIDGETS, widget("a"), { fieldManager: "operator", force: true });
    expect(request()).toMatchObject({
      method: "PATCH",
      headers: { "content-type": "application/apply-patch+yaml" },
      query: { fieldManager: "operator", force: "true" },
    });
  });

  test("to delete an object has its uid as a precondition", async () => {
    await client.delete(WIDGETS, key, { uid: "uid-of-a" });
    expect(request()).toMatchObject({ method: "DELETE", path: "/apis/example.org/v1/namespaces/default/widgets/a" });
    expect(JSON.parse(request().body ?? "")).toEqual({
      propagationPolicy: "Background",
      preconditions: { uid: "uid-of-a" },
    });
  });

  test("includes the path of the kubeconfig's server URL", async () => {
    const cluster = server.kubeConfig.getCurrentCluster();
    const behindProxy = new KubeConfig();
    behindProxy.loadFromClusterAndUser(
      { name: "c", server: `${cluster?.server}/k8s/clusters/c-1/`, skipTLSVerify: true },
      { name: "u" },
    );
    const proxied = clientOf2(behindProxy);
    await proxied.get(WIDGETS, key);
    await proxied.close();
    expect(request().path).toBe("/k8s/clusters/c-1/apis/example.org/v1/namespaces/default/widgets/a");
  });
  const clientOf2 = (kubeConfig: KubeConfig) =>
    createKubeClient(kubeConfig, { userAgent: "operator/1.0", clock, metrics: createKubeMetrics(new Registry()) });
});

describe("names that are not one path segment", () => {
  test.each(["..", ".", "", "a/b", "../../../api/v1/secrets", "%2e%2e"])(
    "%j is refused, and nothing is sent",
    async (name) => {
      for (const call of [
        client.get(WIDGETS, { namespace: "default", name }),
        client.get(WIDGETS, { namespace: name, name: "a" }),
        client.mergePatch(WIDGETS, { namespace: "default", name }, {}),
        client.list(WIDGETS, { namespace: name }),
      ]) {
        expect(await errorOf(call)).toMatchObject({ status: 400 });
      }
      expect(server.requests).toEqual([]);
    },
  );

  test("other names are encoded", async () => {
    await errorOf(client.get(WIDGETS, { namespace: "default", name: "a?watch=true#x" }));
    expect(request()).toMatchObject({
      path: "/apis/example.org/v1/namespaces/default/widgets/a%3Fwatch%3Dtrue%23x",
      query: {},
    });
  });

  test("a missing or superfluous namespace is rejected", async () => {
    expect(await errorOf(client.get(WIDGETS, { name: "a" }))).toMatchObject({ status: 400 });
    expect(await errorOf(client.get(NODES, key))).toMatchObject({ status: 400 });
  });
});

describe("lists", () => {
  test("have pages, and items of built-in kinds get apiVersion and kind", async () => {
    server.onOther.push(
      answer(200, { metadata: { resourceVersion: "7", continue: "more" }, items: [{ metadata: { name: "p" } }] }),
    );
    expect(await client.list(PODS, { namespace: "default", labelSelector: "a=b", limit: 1 })).toEqual({
      items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }],
      resourceVersion: "7",
      continue: "more",
    });
    expect(request().query).toEqual({ labelSelector: "a=b", limit: "1" });
  });

  test("may have null items, but must have a resourceVersion", async () => {
    server.onOther.push(answer(200, { metadata: { resourceVersion: "7" }, items: null }), answer(200, { items: [] }));
    expect(await client.list(PODS)).toEqual({ items: [], resourceVersion: "7" });
    expect(await errorOf(client.list(PODS))).toMatchObject({ reason: "BrokenAnswer" });
  });
});

describe("errors", () => {
  test("have the status, reason, message and Retry-After of the server, and nothing of the request", async () => {
    server.onOther.push(refuse(429, "TooManyRequests", { "retry-after": "7", "x-secret": "header" }));
    const error = await errorOf(client.create(WIDGETS, widget("a", {}, { spec: { size: 424242 } })));
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ status: 429, reason: "TooManyRequests", retryAfterMs: 7_000 });
    expect((error as Error).message).toBe(
      "create widgets.example.org default/a: 429 TooManyRequests: refused: TooManyRequests",
    );
    const everything = JSON.stringify(error) + String((error as Error).stack);
    expect(everything).not.toMatch(/token-1|424242|x-secret/);
  });

  test("do not repeat the HTML page of a proxy", async () => {
    server.onOther.push(answer(502, "<html>secret</html>", { "content-type": "text/html" }));
    expect(await errorOf(client.get(WIDGETS, key))).toMatchObject({
      status: 502,
      message: "get widgets.example.org default/a: 502 Unknown",
    });
  });

  test("are thrown for a response that is not JSON", async () => {
    server.onOther.push(answer(200, "<html></html>"));
    expect(await errorOf(client.get(WIDGETS, key))).toMatchObject({ status: 0, reason: "BrokenAnswer" });
  });

  test("are thrown for a reset connection", async () => {
    server.onOther.push(reset);
    expect(await errorOf(client.get(WIDGETS, key))).toMatchObject({ status: 0, reason: "Unreachable" });
  });

  test("are thrown for a server that does not exist", async () => {
    await server.close();
    expect(await errorOf(client.get(WIDGETS, key))).toMatchObject({ status: 0, reason: "Unreachable" });
  });

  test.each([
    ["before its headers", hang],
    [
      "amid its body",
      ((response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write("{");
      }) satisfies typeof hang,
    ],
  ])("are thrown after 30 s for a response that hangs %s", async (_, behaviour) => {
    server.onOther.push(behaviour);
    const error = errorOf(client.get(WIDGETS, key));
    await eventually(() => expect(server.requests).toHaveLength(1));
    await clock.advance(29_999);
    await clock.advance(1);
    expect(await error).toMatchObject({ status: 0, reason: "Timeout" });
    expect(clock.timers()).toBe(0);
  });

  test("are the abort reason if the caller aborts", async () => {
    server.onOther.push(hang);
    const abort = new AbortController();
    const error = errorOf(client.get(WIDGETS, key, { signal: abort.signal }));
    await eventually(() => expect(server.requests).toHaveLength(1));
    abort.abort(new Error("shutting down"));
    expect(await error).toMatchObject({ message: "shutting down" });
    expect(await errorOf(client.get(WIDGETS, key, { signal: abort.signal }))).toMatchObject({
      message: "shutting down",
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe("connections and credentials", () => {
  const good = () => server.onOther.push(answer(200, {}));

  test("fifty sequential calls use at most two connections", async () => {
    for (let i = 0; i < 50; i += 1) {
      good();
      await client.get(WIDGETS, key);
    }
    // undici opens a second connection if the first has not ended yet.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test("a rejected call returns its connection", async () => {
    for (let i = 0; i < 20; i += 1) await errorOf(client.get(WIDGETS, key));
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test("only a changed CA opens new connections", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ca-"));
    const caFile = join(folder, "ca.crt");
    const cluster = server.kubeConfig.getCurrentCluster();
    if (cluster !== null) Object.assign(cluster, { caFile });
    const connectionsAfter = async (ca: string) => {
      await writeFile(caFile, ca);
      good();
      await client.get(WIDGETS, key);
      return server.connections();
    };
    for (let i = 0; i < 10; i += 1) await connectionsAfter("first");
    const before = await connectionsAfter("first");
    expect(before).toBeLessThanOrEqual(2);
    expect(await connectionsAfter("second")).toBe(before + 1);
    await rm(folder, { recursive: true });
  });

  test("credentials are read for each call, and trimmed", async () => {
    good();
    await client.get(WIDGETS, key);
    server.kubeConfig.users[0] = { name: "test", token: "token-2\n" };
    good();
    await client.get(WIDGETS, key);
    expect(request().headers?.authorization).toBe("Bearer token-2");
  });

  test("unreadable credentials are a KubeError that does not repeat the cause", async () => {
    server.kubeConfig.users[0] = {
      name: "test",
      exec: { command: "false", args: ["secret"] },
    };
    const error = await errorOf(client.get(WIDGETS, key));
    expect(error).toMatchObject({ status: 0, reason: "NoCredentials" });
    expect(String(error)).not.toContain("secret");
  });

  test("a credentials plugin that hangs times out", async () => {
    server.kubeConfig.addAuthenticator({
      isAuthProvider: () => true,
      applyAuthentication: () => new Promise(() => {}),
    });
    const error = errorOf(client.get(WIDGETS, key));
    await settle();
    await clock.advance(30_000);
    expect(await error).toMatchObject({ reason: "Timeout" });
  });
});

test("requests are counted by code, method and host", async () => {
  server.onOther.push(answer(200, {}), refuse(403, "Forbidden"), reset);
  await client.get(WIDGETS, key);
  await errorOf(client.mergePatch(WIDGETS, key, {}));
  await errorOf(client.get(WIDGETS, key));
  const counted = await registry.getSingleMetric("rest_client_requests_total")?.get();
  const host = new URL(server.kubeConfig.getCurrentCluster()?.server ?? "").host;
  expect(counted?.values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
    { code: "200", method: "GET", host, value: 1 },
    { code: "403", method: "PATCH", host, value: 1 },
    { code: "<error>", method: "GET", host, value: 1 },
  ]);
});
