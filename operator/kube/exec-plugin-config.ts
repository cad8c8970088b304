/**
 * The configuration of a credential plugin.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */

import { readFileSync } from "node:fs";
import { KubeConfigError, objectOf, stringField, type RawFields } from "./kubeconfig-content.ts";

export interface PluginConfig {
  /** A path or a name to find on the PATH. */
  command: string;
  args: readonly string[];
  /** Added to the operator's environment. */
  env: Readonly<Record<string, string>>;
  apiVersion: string;
  /** For spec.cluster of the ExecCredential, which the plugin receives. */
  cluster?: RawFields;
}

const API_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** @throws KubeConfigError */
export function pluginOf(title: string, exec: RawFields, cluster: RawFields): PluginConfig {
  const command = stringField(exec, "command");
  if (command === undefined) throw new KubeConfigError(`${title}: exec needs a command`);
  const apiVersion = stringField(exec, "apiVersion") ?? "";
  if (!API_VERSIONS.includes(apiVersion))
    throw new KubeConfigError(`${title}: apiVersion of exec must be ${API_VERSIONS.join(" or ")}`);
  if (exec["interactiveMode"] === "Always")
    throw new KubeConfigError(
      `${title}: interactiveMode Always of exec is not supported: the operator has no terminal`,
    );
  const args: unknown[] = Array.isArray(exec["args"]) ? exec["args"] : [];
  const env: unknown[] = Array.isArray(exec["env"]) ? exec["env"] : [];
  return {
    command,
    apiVersion,
    args: args.map(String),
    env: Object.fromEntries(
      env
        .map((each) => objectOf(each) ?? {})
        .map((each) => [stringField(each, "name") ?? "", stringField(each, "value") ?? ""])
        .filter(([name]) => name !== ""),
    ),
    ...(exec["provideClusterInfo"] === true && { cluster: clusterInfo(cluster) }),
  };
}

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
function clusterInfo(cluster: RawFields): RawFields {
  const file = stringField(cluster, "certificate-authority");
  const given = ["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url"];
  const extensions: unknown[] = Array.isArray(cluster["extensions"]) ? cluster["extensions"] : [];
  const config = extensions
    .map((each) => objectOf(each) ?? {})
    .find(({ name }) => name === "client.authentication.k8s.io/exec")?.["extension"];
  return {
    ...(file !== undefined && { "certificate-authority-data": readFileSync(file).toString("base64") }),
    ...Object.fromEntries(given.filter((name) => cluster[name]).map((name) => [name, cluster[name]])),
    ...(config !== undefined && { config }),
  };
}
