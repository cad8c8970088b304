/**
 * Argo CD as processes: application controller, repo server, API server and redis.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/architecture/
 */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API_VERSION } from "../../../operator/api/names.ts";
import type { ObjectKey } from "../../../operator/kube/object.ts";
import { freePort, waitUntil } from "../../controlplane/readiness.ts";
import { startSupervisor, type Supervisor } from "../../controlplane/supervisor.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { findDebianProgram } from "../../on-demand/debian.ts";
import { findForeignCrds } from "../../tools/crds.ts";
import { findTool } from "../../tools/index.ts";
import type { Platform } from "../platform.ts";

export const ARGOCD = "argocd";
const [group = "", version = ""] = API_VERSION.split("/");

/** An object of the operator's kinds. */
export interface Addressed {
  kind: string;
  key: ObjectKey;
}

export interface ArgoCd extends AsyncDisposable {
  /** The actions of an object that Argo CD offers now. */
  actions(application: string, object: Addressed): Promise<string[]>;
  /** Runs an action as the user interface does. */
  act(application: string, object: Addressed, action: string): Promise<void>;
  /** All objects of an Application, and those below them. */
  tree(application: string): Promise<TreeNode[]>;
  /** The log of the application controller. */
  log(): Promise<string>;
}

/** https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/ */
export interface TreeNode {
  kind: string;
  name: string;
  parentRefs?: { kind: string; name: string }[];
  health?: { status: string; message?: string };
}

/** Installs the manifests of Argo CD into the namespace argocd, and starts its processes. */
export async function startArgoCd(platform: Platform): Promise<ArgoCd> {
  await using stack = new AsyncDisposableStack();
  await install(platform);
  const supervisor = stack.adopt(await startSupervisor(tmpdir()), ({ stop }) => stop());
  const ports = await startProcesses(supervisor, platform);
  const call = async <Answer>(path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${ports.server}/api/v1/applications/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text) as Answer;
  };
  const end = stack.move();
  return {
    async actions(application, { kind, key }) {
      const query = new URLSearchParams({
        group,
        version,
        kind,
        namespace: key.namespace ?? "",
        resourceName: key.name,
      });
      const { actions } = await call<{ actions: Offered[] }>(`${application}/resource/actions?${query}`);
      return actions
        .filter(({ disabled }) => disabled !== true)
        .map(({ name }) => name)
        .sort();
    },
    async act(application, { kind, key }, action) {
      const object = { group, version, kind, namespace: key.namespace ?? "", resourceName: key.name, action };
      const headers = { "content-type": "application/json" };
      await call(`${application}/resource/actions/v2`, { method: "POST", headers, body: JSON.stringify(object) });
    },
    async tree(application) {
      const { nodes } = await call<{ nodes: TreeNode[] }>(`${application}/resource-tree`);
      return nodes;
    },
    log: () => readFile(join(supervisor.directory, "argocd-application-controller.log"), "utf8"),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** https://argo-cd.readthedocs.io/en/stable/getting_started/, without the Deployments. */
async function install({ kubectl }: Platform): Promise<void> {
  await kubectl(["create", "namespace", ARGOCD]);
  const args = ["--server-side", `--namespace=${ARGOCD}`];
  await kubectl(["apply", ...args, `--filename=${await findForeignCrds("argocd")}`]);
  // A new CRD is not served at once.
  await eventually(
    () => kubectl(["get", "applications,applicationsets,appprojects", "--all-namespaces"]),
    () => true,
  );
}

interface Offered {
  name: string;
  disabled?: boolean;
}

interface Ports {
  redis: number;
  repoServer: number;
  controller: number;
  server: number;
}

async function startProcesses(supervisor: Supervisor, platform: Platform): Promise<Ports> {
  const ports: Ports = {
    redis: await freePort(),
    repoServer: await freePort(),
    controller: await freePort(),
    server: await freePort(),
  };
  const environment = await prepareEnvironment(supervisor.directory, platform);
  const argocd = await findTool("argocd");
  const kubeconfig = [`--kubeconfig=${platform.controlPlane.kubeconfigPath}`, `--namespace=${ARGOCD}`];
  const address = (port: number) => `127.0.0.1:${port}`;
  const clients = [`--redis=${address(ports.redis)}`, `--repo-server=${address(ports.repoServer)}`];
  const component = (name: string, port: number, args: readonly string[]) =>
    start(supervisor, name, port, argocd, args, { ...environment, ARGOCD_BINARY_NAME: name });

  const redis = await findDebianProgram("redis-server");
  await start(supervisor, "redis", ports.redis, redis, [
    "--port",
    `${ports.redis}`,
    "--bind",
    "127.0.0.1",
    "--save",
    "",
  ]);
  const metrics = async () => `--metrics-port=${await freePort()}`;
  await Promise.all([
    component("argocd-repo-server", ports.repoServer, [
      ...clients.slice(0, 1),
      "--address=127.0.0.1",
      `--port=${ports.repoServer}`,
      "--disable-tls",
      await metrics(),
    ]),
    component("argocd-application-controller", ports.controller, [
      ...kubeconfig,
      ...clients,
      "--repo-server-plaintext",
      `--metrics-port=${ports.controller}`,
    ]),
    component("argocd-server", ports.server, [
      ...kubeconfig,
      ...clients,
      "--repo-server-plaintext",
      "--address=127.0.0.1",
      `--port=${ports.server}`,
      "--insecure",
      "--disable-auth",
      await metrics(),
    ]),
  ]);
  return ports;
}

async function start(
  supervisor: Supervisor,
  name: string,
  port: number,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  await supervisor.start({ name, command, args, environment });
  await waitUntil(
    name,
    () => isListening(port),
    () => supervisor.endOf(name),
  );
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Folders that an image of Argo CD has, in `directory`. */
async function prepareEnvironment(directory: string, { controlPlane }: Platform): Promise<Record<string, string>> {
  const folder = async (name: string) => {
    const path = join(directory, name);
    await mkdir(path);
    return path;
  };
  const [bin, ssh] = [await folder("bin"), await folder("ssh")];
  await writeFile(join(ssh, "ssh_known_hosts"), "");
  // Argo CD renders charts by the helm of its image, which is Helm 3.
  await symlink(await findTool("helm3"), join(bin, "helm"));
  return {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: await folder("home"),
    TMPDIR: await folder("tmp"),
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_GNUPGHOME: await folder("gnupg"),
    ARGOCD_GPG_DATA_PATH: await folder("gpg"),
    ARGOCD_SSH_DATA_PATH: ssh,
    ARGOCD_TLS_DATA_PATH: await folder("tls"),
    // Otherwise https://kubernetes.default.svc, the destination of the examples, is known inside of a cluster only.
    ARGOCD_FAKE_IN_CLUSTER: "true",
    KUBECONFIG: controlPlane.kubeconfigPath,
  };
}
