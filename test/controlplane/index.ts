/** A real control plane for tests: etcd, kube-apiserver and kube-controller-manager as plain processes. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { startApiServer } from "./api-server.ts";
import { findBinaries } from "./binaries.ts";
import { runCommand, type CommandResult } from "./command.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { controllerManagerArguments, filesIn } from "./processes.ts";
import { answersOk, waitUntil } from "./readiness.ts";
import type { Log } from "./source.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";

export interface ControlPlaneOptions {
  /**
   * Called with the progress of an installation of binaries, which can take minutes, and when a process ends by itself.
   * Default: stderr.
   */
  log?: Log;
  /** More arguments of kube-apiserver, which override our own. */
  apiServerArgs?: readonly string[];
  /** The parent of its temporary folder. Default: the folder of the operating system. */
  directory?: string;
}

export interface ControlPlane {
  /** For example https://127.0.0.1:41234 */
  server: string;
  /** Bearer token of an administrator (system:masters). */
  token: string;
  /** PEM. */
  certificateAuthority: string;
  /** Kubeconfig of the administrator, as YAML. */
  kubeconfig: string;
  kubeconfigPath: string;
  kubectlPath: string;
  /** Runs kubectl as the administrator. A command that fails is a result, not an error. */
  kubectl: (args: readonly string[], options?: { input?: string }) => Promise<CommandResult>;
  /** Creates a namespace with an unused name, and returns the name. */
  createNamespace: (prefix: string) => Promise<string>;
  /** A kubeconfig for an existing ServiceAccount, valid for a day (TokenRequest). */
  createServiceAccountKubeconfig: (namespace: string, name: string) => Promise<string>;
  /** Pauses kube-apiserver: it accepts connections and never answers. */
  pauseApiServer: () => void;
  resumeApiServer: () => void;
  /**
   * Kills kube-apiserver, which breaks all connections, and starts it again at the same address. Resolves when it is
   * ready.
   */
  restartApiServer: () => Promise<void>;
  /** Copies etcd's data. Resolves with a function that restores the copy while etcd and kube-apiserver are stopped. */
  backUp: () => Promise<() => Promise<void>>;
  /** Ends all processes and removes all files, as does the end of this process. May be called again. */
  stop: () => Promise<void>;
}

/** Takes about 4 seconds when the binaries are installed. */
export async function startControlPlane({
  log = (line) => process.stderr.write(`${line}\n`),
  apiServerArgs = [],
  directory = tmpdir(),
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries({ log });
  const supervisor = await startSupervisor(directory);
  try {
    const files = filesIn(supervisor.directory);
    const token = await writeCredentials(files);
    const { server, certificateAuthority, restart, backUp } = await startApiServer(
      supervisor,
      binaries,
      token,
      apiServerArgs,
    );
    const kubeconfig = kubeconfigOf({ server, certificateAuthority, token });
    await writeFile(files.kubeconfig, kubeconfig, { mode: 0o600 });
    await startControllerManager(supervisor, binaries.kubeControllerManager, { server, certificateAuthority, token });

    // With KUBERC=off and a separate cache, no kubectl setting of the user applies, and no file is left in the home
    // directory.
    const environment = {
      ...process.env,
      KUBECONFIG: files.kubeconfig,
      KUBECACHEDIR: files.kubectlCache,
      KUBERC: "off",
    };
    const kubectl: ControlPlane["kubectl"] = (args, options) =>
      runCommand(binaries.kubectl, args, { environment, ...options });
    const output = async (args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await kubectl(args);
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
      return stdout.trim();
    };
    supervisor.onEnd((name) => void supervisor.endOf(name).then((end) => log(end ?? `${name} ended`)));

    return {
      server,
      token,
      certificateAuthority,
      kubeconfig,
      kubeconfigPath: files.kubeconfig,
      kubectlPath: binaries.kubectl,
      kubectl,
      async createNamespace(prefix) {
        const name = `${prefix}-${randomBytes(4).toString("hex")}`;
        await output(["create", "namespace", name]);
        return name;
      },
      async createServiceAccountKubeconfig(namespace, name) {
        const token = await output(["create", "token", name, `--namespace=${namespace}`, "--duration=24h"]);
        return kubeconfigOf({ server, certificateAuthority, token, namespace });
      },
      pauseApiServer: () => supervisor.signal("kube-apiserver", "SIGSTOP"),
      resumeApiServer: () => supervisor.signal("kube-apiserver", "SIGCONT"),
      restartApiServer: restart,
      backUp,
      stop: supervisor.stop,
    };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

/**
 * Returns the administrator's token.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
 */
async function writeCredentials({ tokens, serviceAccountKey }: ReturnType<typeof filesIn>): Promise<string> {
  const token = randomBytes(32).toString("hex");
  await writeFile(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await writeFile(serviceAccountKey, privateKey, { mode: 0o600 });
  return token;
}

/**
 * Resolves when kube-controller-manager has created the ServiceAccount of the default namespace, without which no Pod
 * is admitted.
 */
async function startControllerManager(
  supervisor: Supervisor,
  command: string,
  { server, token, certificateAuthority }: Pick<ControlPlane, "server" | "token" | "certificateAuthority">,
): Promise<void> {
  const name = "kube-controller-manager";
  await supervisor.start({ name, command, args: controllerManagerArguments(supervisor.directory) });
  const account = `${server}/api/v1/namespaces/default/serviceaccounts/default`;
  await waitUntil(
    `${name} (default ServiceAccount)`,
    () => answersOk(account, token, certificateAuthority),
    () => supervisor.endOf(name),
  );
}
