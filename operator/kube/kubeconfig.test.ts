import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KubeUser } from "./kubeconfig-entries.ts";
import { loadKubeConfig } from "./kubeconfig.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "plugin", interactiveMode: "Never" };

function content({ user = {}, cluster = {}, ...rest }: Record<string, object | string> = {}) {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://kube.example.com", ...(cluster as object) } }],
    users: [{ name: "u", user }],
    ...rest,
  };
}

function write(name: string, text: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof text === "string" ? text : dump(text));
  return file;
}

const load = (given: Record<string, object | string>) => loadKubeConfig(write("config", content(given)), {});
const userOf = (given: object) => load({ user: given }).getCurrentUser() as KubeUser;
const clusterOf = (given: object) => load({ cluster: given }).getCurrentCluster();

describe("a user", () => {
  test("has a token, or user and password", () => {
    expect(userOf({ token: "t" })).toEqual({ name: "user", token: "t" });
    expect(userOf({ username: "a", password: "b" })).toEqual({ name: "user", username: "a", password: "b" });
  });

  test("has the files next to the kubeconfig; data takes precedence", () => {
    for (const name of ["token", "cert", "key"]) write(name, name);
    const files = { tokenFile: "token", "client-certificate": "./cert", "client-key": "key" };
    expect(userOf({ ...files, token: "static", "client-key-data": "a2V5" })).toEqual({
      name: "user",
      authProvider: { name: "tokenFile", config: { tokenFile: join(folder, "token") } },
      certFile: join(folder, "cert"),
      keyData: "a2V5",
    });
  });

  test("has the headers of impersonation", () => {
    const given = { as: "jane", "as-uid": "7", "as-groups": ["dev", "ops"], "as-user-extra": { "a/b": ["x", "y"] } };
    expect(userOf(given).impersonation).toEqual({
      "Impersonate-User": ["jane"],
      "Impersonate-Uid": ["7"],
      "Impersonate-Group": ["dev", "ops"],
      "Impersonate-Extra-a%2Fb": ["x", "y"],
    });
  });

  test.each([
    ["plugin", "plugin"],
    ["/bin/plugin", "/bin/plugin"],
    ["./plugin", "FOLDER/plugin"],
    ["bin/plugin", "FOLDER/bin/plugin"],
    ["../plugin", "FOLDER/../plugin"],
  ])("has a plugin %s, which is %s", (command, expected) => {
    expect(userOf({ exec: { ...exec, command } }).plugin?.command).toBe(join(expected.replace("FOLDER", folder)));
  });

  test("uses a token rather than a plugin", () => {
    expect(userOf({ exec, token: "t" }).plugin).toBeUndefined();
  });

  test("need not exist in the context", () => {
    expect(load({ contexts: [{ name: "main", context: { cluster: "c" } }] }).getCurrentUser()).toEqual({
      name: "user",
    });
  });

  test.each([
    [{ "auth-provider": { name: "oidc" } }, "auth-provider is not supported: use a credential plugin"],
    [{ exec: { ...exec, command: "" } }, "exec needs a command"],
    [{ exec: { ...exec, apiVersion: "client.authentication.k8s.io/v1alpha1" } }, "apiVersion of exec must be"],
    [{ exec: { ...exec, interactiveMode: "Always" } }, "interactiveMode Always of exec is not supported"],
    [{ "as-groups": ["dev"] }, "as-uid, as-groups and as-user-extra need a user in 'as'"],
    [{ as: "a", "as-groups": [1] }, "as-groups must be a list of text"],
    [{ tokenFile: "none" }, "none cannot be read: ENOENT"],
    [{ "client-key": "none" }, "none cannot be read: ENOENT"],
  ])("%j is refused", (given, message) => {
    expect(() => userOf(given)).toThrow(`user 'u': ${message.replace(/^none/, join(folder, "none"))}`);
  });

  test("with a token that is not text is refused, without it", () => {
    expect(() => userOf({ token: 123456 })).toThrow("The kubeconfig's field token must be text: put it in quotes");
  });
});

describe("a cluster", () => {
  test("has the options of TLS and the proxy", () => {
    write("ca", "ca");
    const given = {
      "certificate-authority": "ca",
      "tls-server-name": "a.example.com",
      "proxy-url": "http://user:password@proxy.example.com:3128",
      "insecure-skip-tls-verify": true,
    };
    expect(clusterOf(given)).toEqual({
      name: "cluster",
      server: "https://kube.example.com",
      caFile: join(folder, "ca"),
      skipTLSVerify: true,
      tlsServerName: "a.example.com",
      proxyUrl: "http://user:password@proxy.example.com:3128",
    });
    expect(clusterOf({ "certificate-authority": "ca", "certificate-authority-data": "Y2E=" })).toMatchObject({
      caData: "Y2E=",
      skipTLSVerify: false,
    });
  });

  test("may be served without TLS, as by kubectl proxy", () => {
    expect(clusterOf({ server: "http://127.0.0.1:8001/" })).toMatchObject({ server: "http://127.0.0.1:8001" });
  });

  test.each([
    [{ server: "" }, "server must be an http or https URL"],
    [{ server: "kube.example.com" }, "server must be an http or https URL"],
    [{ "proxy-url": "socks5://proxy.example.com" }, "proxy-url must be an http or https URL; SOCKS is not supported"],
    [{ "certificate-authority": "none" }, "none cannot be read: ENOENT"],
  ])("%j is refused", (given, message) => {
    expect(() => clusterOf(given)).toThrow(`cluster 'c': ${message.replace(/^none/, join(folder, "none"))}`);
  });
});

describe("a kubeconfig", () => {
  test.each([
    [{ "current-context": "" }, "current-context is not set"],
    [{ "current-context": "other" }, "there is no context 'other', which current-context names"],
    [{ clusters: [] }, "there is no cluster 'c', which context 'main' names"],
    [{ users: [] }, "there is no user 'u', which context 'main' names"],
    [{ contexts: [{ name: "main", context: { user: "u" } }] }, "context 'main' has no cluster"],
  ])("with %j is refused, and the message names the file", (given, message) => {
    const file = write("config", content(given));
    expect(() => loadKubeConfig(file, {})).toThrow(`--kubeconfig ${file}: ${message}`);
    expect(() => loadKubeConfig(undefined, { KUBECONFIG: file })).toThrow(`KUBECONFIG=${file}: ${message}`);
  });

  test.each([["a: b: c"], ["[]"], ["text"], [""]])("that is %j is refused", (text) => {
    const file = write("config", text);
    expect(() => loadKubeConfig(file, {})).toThrow(/config is not a kubeconfig$/);
  });

  test("that does not exist is refused", () => {
    expect(() => loadKubeConfig("/none/config", {})).toThrow("--kubeconfig /none/config: /none/config cannot be read");
    expect(() => loadKubeConfig(undefined, { KUBECONFIG: "/none/a:/none/b" })).toThrow(
      "KUBECONFIG=/none/a:/none/b: no such file",
    );
    expect(() => loadKubeConfig(undefined, { HOME: folder })).toThrow("No kubeconfig found: set --kubeconfig");
  });

  test("is ~/.kube/config without --kubeconfig and KUBECONFIG", () => {
    mkdirSync(join(folder, ".kube"));
    write(".kube/config", content({ user: { token: "home" } }));
    expect(loadKubeConfig(undefined, { HOME: folder, KUBECONFIG: "" }).getCurrentUser()?.token).toBe("home");
  });

  test("of several files in KUBECONFIG has the first of each name; files that do not exist are skipped", () => {
    const first = write("first", { contexts: content().contexts, users: [{ name: "u", user: { token: "first" } }] });
    const second = write("second", content({ user: { token: "second" } }));
    const loaded = loadKubeConfig(undefined, { KUBECONFIG: `/none/config:${first}:${second}` });
    expect(loaded.getCurrentUser()?.token).toBe("first");
    expect(loaded.getCurrentCluster()?.server).toBe("https://kube.example.com");
  });

  test("is checked only where the current context uses it", () => {
    const others = [
      { name: "u", user: { token: "t" } },
      { name: "other", user: { "auth-provider": { name: "gcp" } } },
    ];
    expect(load({ users: others }).getCurrentUser()?.token).toBe("t");
  });
});
