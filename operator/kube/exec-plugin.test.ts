import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createKubeClient, type KubeClient } from "./client.ts";
import { loadKubeConfig } from "./kubeconfig.ts";
import { eventually } from "./testing/eventually.ts";
import { createManualClock, settle, type ManualClock } from "./testing/manual-clock.ts";
import { answer, refuse, startMisbehavingServer, type MisbehavingServer } from "./testing/misbehaving-server.ts";
import { testMetrics, widget, WIDGETS } from "./testing/objects.ts";

const API_VERSION = "client.authentication.k8s.io/v1";
const key = { namespace: "default", name: "a" };

let folder: string;
let server: MisbehavingServer;
let clock: ManualClock;
let clients: KubeClient[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "plugin-"));
  server = await startMisbehavingServer();
  clock = createManualClock();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);
const runs = () => (existsSync(file("runs")) ? readFileSync(file("runs"), "utf8").trim().split("\n").length : 0);
const requests = () => server.requests.map(({ headers }) => headers.authorization);
const good = (count = 1) => server.onOther.push(...Array.from({ length: count }, () => answer(200, widget("a"))));

function clientOf(user: object): KubeClient {
  const config = {
    "current-context": "main",
    contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: server.kubeConfig.getCurrentCluster()?.server } }],
    users: [{ name: "u", user }],
  };
  writeFileSync(file("config"), dump(config));
  const kubeConfig = loadKubeConfig(file("config"), {});
  const client = createKubeClient(kubeConfig, { userAgent: "test", clock, metrics: testMetrics() });
  clients.push(client);
  return client;
}

/** A client with a plugin that is a shell script, next to the kubeconfig. It counts its runs. */
function withPlugin(script: string, more: object = {}): KubeClient {
  writeFileSync(file("plugin.sh"), `#!/bin/sh\necho run >> '${file("runs")}'\n${script}\n`, { mode: 0o755 });
  return clientOf({ exec: { apiVersion: API_VERSION, command: "./plugin.sh", ...more } });
}

/** A line of a script that prints a status, in which the shell replaces variables. */
const print = (status: object) =>
  `echo "${JSON.stringify({ apiVersion: API_VERSION, kind: "ExecCredential", status }).replaceAll('"', '\\"')}"`;
/** The token is the content of the file `token`. */
const printToken = (more = {}) => `T=$(cat '${file("token")}')\n${print({ token: "$T", ...more })}`;
const setToken = (token: string) => writeFileSync(file("token"), token);

describe("a credential plugin", () => {
  test("runs once for concurrent requests, and its token is kept", async () => {
    setToken("one");
    const client = withPlugin(printToken());
    good(20);
    await Promise.all(Array.from({ length: 20 }, () => client.get(WIDGETS, key)));
    expect(new Set(requests())).toEqual(new Set(["Bearer one"]));
    expect(runs()).toBe(1);
  });

  test("runs again when its credentials expire", async () => {
    setToken("one");
    const client = withPlugin(printToken({ expirationTimestamp: new Date(clock.now() + 60_000).toISOString() }));
    good(3);
    await client.get(WIDGETS, key);
    await clock.advance(59_000);
    await client.get(WIDGETS, key);
    expect(runs()).toBe(1);
    setToken("two");
    await clock.advance(1_000);
    await client.get(WIDGETS, key);
    expect(requests()).toEqual(["Bearer one", "Bearer one", "Bearer two"]);
  });

  test("runs again after a 401, once for all rejected requests", async () => {
    setToken("one");
    const client = withPlugin(printToken());
    good();
    await client.get(WIDGETS, key);
    setToken("two");
    server.onOther.push(...Array.from({ length: 5 }, () => refuse(401, "Unauthorized")));
    await Promise.allSettled(Array.from({ length: 5 }, () => client.get(WIDGETS, key)));
    good(5);
    await Promise.all(Array.from({ length: 5 }, () => client.get(WIDGETS, key)));
    expect(requests().slice(-5)).toEqual(Array.from({ length: 5 }, () => "Bearer two"));
    expect(runs()).toBe(2);
  });

  test("receives its arguments, its environment and the ExecCredential", async () => {
    const write = `printf '%s|%s|%s' "$1" "$MODE" "$KUBERNETES_EXEC_INFO" > '${file("given")}'`;
    const client = withPlugin(`${write}\n${print({ token: "t" })}`, {
      args: ["get-token"],
      env: [{ name: "MODE", value: "test" }],
      provideClusterInfo: true,
    });
    good();
    await client.get(WIDGETS, key);
    const [argument, mode, info = ""] = readFileSync(file("given"), "utf8").split("|");
    expect([argument, mode]).toEqual(["get-token", "test"]);
    expect(JSON.parse(info)).toEqual({
      apiVersion: API_VERSION,
      kind: "ExecCredential",
      spec: { interactive: false, cluster: { server: server.kubeConfig.getCurrentCluster()?.server } },
    });
  });

  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const hanging = () =>
    `sleep 1000 & echo $! > '${file("child.tmp")}'; mv '${file("child.tmp")}' '${file("child")}'; wait`;
  const child = async () => {
    await eventually(() => expect(existsSync(file("child"))).toBe(true));
    return Number(readFileSync(file("child"), "utf8"));
  };

  test("that hangs runs once, fails the request in time, and is killed with its children", async () => {
    const client = withPlugin(hanging());
    const failed = expect(client.get(WIDGETS, key)).rejects.toMatchObject({ reason: "Timeout" });
    const pid = await child();
    await clock.advance(30_000);
    await failed;
    const next = expect(client.get(WIDGETS, key)).rejects.toMatchObject({ status: 0 });
    await settle();
    expect(runs()).toBe(1);
    expect(isAlive(pid)).toBe(true);
    await clock.advance(30_000);
    await next;
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });

  test("is killed when the client closes", async () => {
    const client = withPlugin(hanging());
    const failed = expect(client.get(WIDGETS, key)).rejects.toThrow();
    const pid = await child();
    await client.close();
    await failed;
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });

  test.each([
    ["exit 3", "ended with exit code 3"],
    ["kill -9 $$", "failed: SIGKILL"],
    ["echo no JSON s3cr3t", "did not print an ExecCredential of client.authentication.k8s.io/v1 with a status"],
    [print({}), "printed neither a token nor a client certificate with its key"],
    [print({ clientCertificateData: "s3cr3t" }), "printed neither a token nor a client certificate with its key"],
    [print({ token: "s3cr3t", expirationTimestamp: "soon" }), "printed an expirationTimestamp that is not a time"],
    ["echo s3cr3t; exit 1", "ended with exit code 1"],
    ["echo s3cr3t >&2; exit 1", "ended with exit code 1"],
  ])("that does %s fails the request, without its output", async (script, message) => {
    const error: unknown = await withPlugin(script, { args: ["s3cr3t"] })
      .get(WIDGETS, key)
      .catch((err: unknown) => err);
    expect(error).toMatchObject({
      reason: "NoCredentials",
      message: `authenticate: NoCredentials: the credential plugin plugin.sh ${message}`,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("s3cr3t");
    expect(server.requests).toEqual([]);
  });

  test("that does not exist fails the request", async () => {
    const client = clientOf({ exec: { apiVersion: API_VERSION, command: "no-such-plugin" } });
    await expect(client.get(WIDGETS, key)).rejects.toThrow("the credential plugin no-such-plugin failed: ENOENT");
  });

  test("is tried again after a failure", async () => {
    setToken("one");
    const client = withPlugin(`[ -e '${file("ready")}' ] || exit 1\n${printToken()}`);
    await expect(client.get(WIDGETS, key)).rejects.toThrow("exit code 1");
    writeFileSync(file("ready"), "");
    good();
    await client.get(WIDGETS, key);
    expect(requests()).toEqual(["Bearer one"]);
  });
});

describe("a kubeconfig's user", () => {
  test("impersonates a user with groups", async () => {
    good();
    await clientOf({ token: "t", as: "jane", "as-groups": ["dev", "ops"] }).get(WIDGETS, key);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer t",
      "impersonate-user": "jane",
      "impersonate-group": "dev, ops",
    });
  });

  test("without a token in its tokenFile sends no anonymous request", async () => {
    for (const empty of ["", "\n"]) {
      writeFileSync(file("token"), empty);
      const client = clientOf({ tokenFile: "token" });
      await expect(client.get(WIDGETS, key)).rejects.toThrow("the file with the token is empty");
    }
    expect(server.requests).toEqual([]);
  });

  test("gets a new token from its tokenFile within a minute or so", async () => {
    setToken("one\n");
    const client = clientOf({ tokenFile: "token" });
    good(2);
    await client.get(WIDGETS, key);
    setToken("two\n");
    // client-node reads the system's clock.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    await client.get(WIDGETS, key);
    expect(requests()).toEqual(["Bearer one", "Bearer two"]);
  });
});
