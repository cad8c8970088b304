import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { KubeConfigError, mergeContents, parseContent, readableFile, type Content } from "./kubeconfig-content.ts";
import { clusterOf, currentOf, userOf } from "./kubeconfig-entries.ts";

export { KubeConfigError } from "./kubeconfig-content.ts";

const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Loads `file`, or else $KUBECONFIG, ~/.kube/config or the ServiceAccount of the Pod, in this order, with the rules of
 * kubectl: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 * @throws KubeConfigError for what is missing, contradicts or is not supported
 */
export function loadKubeConfig(file: string | undefined, env: NodeJS.ProcessEnv = process.env): KubeConfig {
  const kubeConfig = new KubeConfig();
  const { source, files } = sourceOf(file, env);
  if (files.length > 0) {
    const context = currentOf(mergeContents(files.map((each) => read(source, each))), source);
    kubeConfig.loadFromClusterAndUser(clusterOf(context), userOf(context));
  } else if (source === undefined && existsSync(SERVICE_ACCOUNT_TOKEN)) {
    kubeConfig.loadFromCluster();
  } else {
    throw new KubeConfigError(
      source === undefined
        ? "No kubeconfig found: set --kubeconfig or KUBECONFIG, create ~/.kube/config, or run in a Pod"
        : `${source}: no such file`,
    );
  }
  return kubeConfig;
}

/** `source` names the files in messages. Like kubectl, skips files of a list that do not exist. */
function sourceOf(file: string | undefined, { KUBECONFIG, HOME }: NodeJS.ProcessEnv) {
  if (file !== undefined) return { source: `--kubeconfig ${file}`, files: [file] };
  if (KUBECONFIG) {
    const files = KUBECONFIG.split(delimiter).filter((each) => each !== "" && existsSync(each));
    return { source: `KUBECONFIG=${KUBECONFIG}`, files };
  }
  const standard = join(HOME ?? homedir(), ".kube", "config");
  return existsSync(standard) ? { source: standard, files: [standard] } : { source: undefined, files: [] };
}

function read(source: string | undefined, file: string): Content {
  return parseContent(readFileSync(readableFile(source ?? "", file), "utf8"), file, source ?? file);
}
