import { dump } from "js-yaml";

export interface Access {
  /** For example https://127.0.0.1:41234 */
  server: string;
  /** PEM. */
  certificateAuthority: string;
  /** Bearer token. */
  token: string;
  namespace?: string;
}

/** A self-contained kubeconfig, as YAML. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export function kubeconfigOf({ server, certificateAuthority, token, namespace = "default" }: Access): string {
  const name = "test";
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { server, "certificate-authority-data": Buffer.from(certificateAuthority).toString("base64") } },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    "current-context": name,
  });
}
