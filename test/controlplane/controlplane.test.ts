import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommand } from "./command.ts";
import { startControlPlane, type ControlPlane } from "./index.ts";

/** The first run may have to build the binaries. */
const startTimeout = 20 * 60_000;
const patience = { timeout: 60_000, interval: 100 };

describe("a control plane", { timeout: 120_000 }, () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
  }, startTimeout);

  afterAll(() => controlPlane?.stop());

  /** Stdout of a kubectl command that must succeed. */
  async function kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await controlPlane.kubectl(args, input === undefined ? {} : { input });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout.trim();
  }

  test("the API server serves its own version to the administrator", async () => {
    const groups = await kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.groups}"]);
    expect(groups).toContain("system:masters");
    expect(await kubectl(["version"])).toMatch(/Server Version: v1\.\d+\.\d+/);
  });

  test("a new namespace gets its ServiceAccount and its root certificate", async () => {
    const namespace = await controlPlane.createNamespace("accounts");
    await vi.waitFor(() => kubectl(["get", "-n", namespace, "serviceaccount/default"]), patience);
    await vi.waitFor(async () => {
      const pem = await kubectl([
        "get",
        "-n",
        namespace,
        "configmap/kube-root-ca.crt",
        "-o",
        "jsonpath={.data.ca\\.crt}",
      ]);
      expect(pem).toContain(controlPlane.certificateAuthority.trim());
    }, patience);
  });

  test("a Pod is admitted, with ServiceAccount admission on", async () => {
    const namespace = await controlPlane.createNamespace("pods");
    await vi.waitFor(() => kubectl(["get", "-n", namespace, "serviceaccount/default"]), patience);
    await kubectl(["run", "web", "-n", namespace, "--image=example.test/web"]);
    expect(await kubectl(["get", "pod/web", "-n", namespace, "-o", "jsonpath={.spec.serviceAccountName}"])).toBe(
      "default",
    );
  });

  test("a ServiceAccount's kubeconfig may do only what RBAC allows", async () => {
    const namespace = await controlPlane.createNamespace("rbac");
    await kubectl(["create", "serviceaccount", "reader", "-n", namespace]);
    await kubectl([
      "create",
      "rolebinding",
      "view",
      "-n",
      namespace,
      "--clusterrole=view",
      `--serviceaccount=${namespace}:reader`,
    ]);
    const kubeconfig = join(dirname(controlPlane.kubeconfigPath), "reader.kubeconfig");
    await writeFile(kubeconfig, await controlPlane.createServiceAccountKubeconfig(namespace, "reader"));
    const asReader = (args: readonly string[]) => controlPlane.kubectl(["--kubeconfig", kubeconfig, ...args]);
    await vi.waitFor(async () => expect(await asReader(["get", "configmaps"])).toMatchObject({ code: 0 }), patience);
    const refused = await asReader(["create", "configmap", "mine"]);
    expect(refused.stderr).toContain(`system:serviceaccount:${namespace}:reader`);
    expect(refused.code).not.toBe(0);
    await expect(controlPlane.createServiceAccountKubeconfig(namespace, "missing")).rejects.toThrow(/not found/);
  });

  test("a paused API server sends no response until it is resumed", async () => {
    controlPlane.pauseApiServer();
    try {
      expect(await controlPlane.kubectl(["get", "namespaces", "--request-timeout=1s"])).not.toMatchObject({ code: 0 });
    } finally {
      controlPlane.resumeApiServer();
    }
    await kubectl(["get", "namespaces"]);
  });

  test("after a restart of the API server all objects exist and garbage collection works", async () => {
    const namespace = await controlPlane.createNamespace("garbage");
    await controlPlane.restartApiServer();
    await kubectl(["create", "configmap", "owner", "-n", namespace]);
    const uid = await kubectl(["get", "configmap/owner", "-n", namespace, "-o", "jsonpath={.metadata.uid}"]);
    const metadata = {
      name: "dependent",
      namespace,
      ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }],
    };
    await kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata }));
    await kubectl(["get", "configmap/dependent", "-n", namespace]);
    await kubectl(["delete", "configmap/owner", "-n", namespace]);
    await vi.waitFor(async () => {
      const { stderr } = await controlPlane.kubectl(["get", "configmap/dependent", "-n", namespace]);
      expect(stderr).toContain("NotFound");
    }, patience);
  });

  test("a deleted namespace is removed with its content", async () => {
    const namespace = await controlPlane.createNamespace("deleted");
    await kubectl(["create", "configmap", "inside", "-n", namespace]);
    await kubectl(["delete", "namespace", namespace, "--timeout=60s"]);
    const { stderr } = await controlPlane.kubectl(["get", "namespace", namespace]);
    expect(stderr).toContain("NotFound");
  });

  test("the control plane writes only its own folder, and removes it when stopped", async () => {
    const directory = dirname(controlPlane.kubeconfigPath);
    expect(await readdir(directory)).toContain("kubectl-cache");
    await controlPlane.stop();
    await expect(access(directory)).rejects.toThrow("ENOENT");
    expect(await processesOf(directory)).toEqual([]);
  });
});

/** Command lines that contain the path of this folder. */
async function processesOf(directory: string): Promise<string[]> {
  const { stdout } = await runCommand("ps", ["axww", "-o", "args="]);
  return stdout.split("\n").filter((line) => line.includes(directory));
}

test("a control plane ends with its parent, even when the parent is killed", { timeout: startTimeout }, async () => {
  const parent = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "run"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const directory = dirname(String(value).replace("export KUBECONFIG=", ""));
  const names = ["supervisor-process.ts", "/etcd ", "/kube-apiserver ", "/kube-controller-manager "];
  const commands = await processesOf(directory);
  expect(names.filter((name) => !commands.some((command) => command.includes(name)))).toEqual([]);

  const exited = once(parent, "exit");
  parent.kill("SIGKILL");
  await exited;
  await vi.waitFor(async () => expect(await processesOf(directory)).toEqual([]), patience);
  await vi.waitFor(() => expect(access(directory)).rejects.toThrow("ENOENT"), patience);
});
