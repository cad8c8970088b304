/**
 * The command lines of the three processes. Their working folder is the control plane's folder.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/
 */
import { join } from "node:path";

/**
 * Files that the processes share. kube-apiserver creates its serving certificate itself, with the CA in the same file.
 */
export function filesIn(directory: string) {
  return {
    etcd: join(directory, "etcd"),
    tokens: join(directory, "tokens.csv"),
    serviceAccountKey: join(directory, "service-account.key"),
    certificates: join(directory, "certificates"),
    servingCertificate: join(directory, "certificates", "apiserver.crt"),
    kubeconfig: join(directory, "kubeconfig"),
    kubectlCache: join(directory, "kubectl-cache"),
    auditPolicy: join(directory, "audit-policy.json"),
    auditLog: join(directory, "audit.log"),
  };
}

// Unix sockets need no free port, and admit no other user of this machine. etcd wants host:port, so its socket file has
// that name, in its working folder. An absolute path would be longer than the 104 bytes that macOS allows.
const etcdClients = "unix://clients:1";
const etcdPeers = "unix://peers:1";

export function etcdArguments(directory: string): string[] {
  return [
    `--data-dir=${filesIn(directory).etcd}`,
    `--listen-client-urls=${etcdClients}`,
    `--advertise-client-urls=${etcdClients}`,
    `--listen-peer-urls=${etcdPeers}`,
    `--initial-advertise-peer-urls=${etcdPeers}`,
    `--initial-cluster=default=${etcdPeers}`,
    "--unsafe-no-fsync=true",
  ];
}

/** Records the few requests of ServiceAccounts only: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", userGroups: ["system:serviceaccounts"] }, { level: "None" }],
};

/** `extra` comes last, and so overrides. */
export function apiServerArguments(directory: string, port: number, extra: readonly string[]): string[] {
  const files = filesIn(directory);
  return [
    `--etcd-servers=${etcdClients}`,
    `--cert-dir=${files.certificates}`,
    "--bind-address=127.0.0.1",
    // Without it, kube-apiserver cannot start on a machine without a default route, for example offline.
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--authorization-mode=RBAC",
    `--token-auth-file=${files.tokens}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    `--service-account-issuer=https://127.0.0.1:${port}/`,
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    "--endpoint-reconciler-type=none",
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    ...extra,
  ];
}

/** Creates default ServiceAccounts and the Pods of Deployments, collects garbage, finishes deleted namespaces. */
const controllers = [
  "garbage-collector-controller",
  "namespace-controller",
  "serviceaccount-controller",
  "clusterrole-aggregation-controller",
  "root-ca-certificate-publisher-controller",
  "resourcequota-controller",
  "deployment-controller",
  "replicaset-controller",
];

export function controllerManagerArguments(directory: string): string[] {
  const files = filesIn(directory);
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--root-ca-file=${files.servingCertificate}`,
    `--controllers=${controllers.join(",")}`,
    "--leader-elect=false",
    "--secure-port=0",
  ];
}
