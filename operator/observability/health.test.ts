import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Counter, Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { startHealthServers, type HealthOptions, type HealthServers } from "./health.ts";

const ANY = { host: "127.0.0.1", port: 0 };
let servers: HealthServers | undefined;

afterEach(async () => {
  await servers?.close();
  servers = undefined;
});

async function start(options: Partial<HealthOptions> = {}): Promise<HealthServers> {
  servers = await startHealthServers({
    healthAddress: ANY,
    metricsAddress: ANY,
    readyChecks: {},
    registry: new Registry(),
    ...options,
  });
  return servers;
}

async function get(path: string, method = "GET") {
  const port = servers?.ports[path.split("?")[0] ?? ""] ?? servers?.ports["/healthz"];
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
}

test("closing does not wait for a client that sends no request", async () => {
  const { ports, close } = await start();
  const idle = connect(ports["/metrics"] ?? 0, "127.0.0.1");
  await once(idle, "connect");
  const closed = once(idle, "close");
  await close();
  await closed;
});

describe("health", () => {
  test("/healthz returns 200 even if the process is not ready", async () => {
    await start({ readyChecks: { caches: () => "not synced" } });
    const type = "text/plain; charset=utf-8";
    expect(await get("/healthz")).toMatchObject({ status: 200, type, body: "ok\n" });
    expect(await get("/healthz?verbose")).toMatchObject({ status: 200 });
  });

  test("/readyz lists its checks, and fails if one does", async () => {
    let problem: string | undefined = "S3Bucket is not listed yet";
    await start({ readyChecks: { "caches-synced": () => problem, other: () => undefined } });
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      body: "[-]caches-synced: S3Bucket is not listed yet\n[+]other ok\nnot ready\n",
    });
    problem = undefined;
    expect(await get("/readyz")).toMatchObject({ status: 200, body: "[+]caches-synced ok\n[+]other ok\nready\n" });
  });

  test("a check that throws fails", async () => {
    await start({
      readyChecks: {
        broken: () => {
          throw new Error("oh");
        },
      },
    });
    expect(await get("/readyz")).toMatchObject({ status: 503, body: "[-]broken: Error: oh\nnot ready\n" });
  });

  test("/metrics serves the registry, on its own port", async () => {
    const registry = new Registry();
    new Counter({ name: "a_total", help: "A.", registers: [registry] }).inc(2);
    const { ports } = await start({ registry });
    expect(ports["/metrics"]).not.toBe(ports["/healthz"]);
    const { status, type, body } = await get("/metrics");
    expect([status, type]).toEqual([200, registry.contentType]);
    expect(body).toContain("a_total 2");
    expect((await fetch(`http://127.0.0.1:${ports["/healthz"]}/metrics`)).status).toBe(404);
  });

  test("one address can serve all paths", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const address = { host: "127.0.0.1", port: (free.address() as AddressInfo).port };
    await new Promise((resolve) => free.close(resolve));
    const { ports } = await start({ healthAddress: address, metricsAddress: { ...address } });
    expect(ports).toEqual({ "/healthz": address.port, "/readyz": address.port, "/metrics": address.port });
    expect(await get("/metrics")).toMatchObject({ status: 200 });
  });

  test("both servers can be turned off", async () => {
    expect((await start({ healthAddress: undefined, metricsAddress: undefined })).ports).toEqual({});
  });

  test("other paths and methods are rejected", async () => {
    await start();
    expect(await get("/")).toMatchObject({ status: 404 });
    expect(await get("/constructor")).toMatchObject({ status: 404 });
    expect(await get("/healthz", "POST")).toMatchObject({ status: 405 });
    expect(await get("/healthz", "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  test("a port in use is named with its flag, and the other server is closed", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const port = (taken.address() as AddressInfo).port;
    const registry = new Registry();
    await expect(
      startHealthServers({
        healthAddress: ANY,
        metricsAddress: { host: "127.0.0.1", port },
        readyChecks: {},
        registry,
      }),
    ).rejects.toThrow(`--metrics-address 127.0.0.1:${port}: port ${port} is in use`);
    await new Promise((resolve) => taken.close(resolve));
  });

  test("closing does not wait for idle connections", async () => {
    const { ports, close } = await start();
    await get("/healthz");
    await close();
    servers = undefined;
    await expect(fetch(`http://127.0.0.1:${ports["/healthz"]}/healthz`)).rejects.toThrow("fetch failed");
  });
});
