/** The chart's README, from the comments in its values.yaml. */

import { load } from "js-yaml";
import { format } from "prettier";

/** One line of the table of values. */
export interface Value {
  /** Such as "image.tag". */
  path: string;
  description: string;
  default: unknown;
}

/**
 * Every value that has a comment, in the order of the file. A comment begins with the value's path and stands right
 * before the value.
 */
export function commentedValues(valuesYaml: string): Value[] {
  const values = load(valuesYaml) as Record<string, unknown>;
  const comments = [...valuesYaml.matchAll(/^ *# ([a-z]\w*(?:\.\w+)*):? (.+)\n *(\w+):/gm)];
  return comments.map(([, path = "", rest = "", key]) => {
    if (path.split(".").at(-1) !== key) throw new Error(`values.yaml: the comment on ${path} stands before ${key}`);
    return { path, description: sentence(rest), default: valueAt(values, path) };
  });
}

/** Makes a sentence of the text after the path: drops a leading "is" or "are", and begins with a capital letter. */
function sentence(rest: string): string {
  const text = rest.replace(/^(?:is|are) /, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce((value, key) => {
    if (typeof value !== "object" || value === null || !(key in value)) throw new Error(`values.yaml has no ${path}`);
    return (value as Record<string, unknown>)[key];
  }, values);
}

/** @returns the text of charts/s3-operator/README.md */
export async function generateReadme(valuesYaml: string): Promise<string> {
  const rows = commentedValues(valuesYaml).map(
    ({ path, description, default: value }) => `| \`${path}\` | ${description} | \`${JSON.stringify(value)}\` |`,
  );
  const table = ["| value | meaning | default |", "| --- | --- | --- |", ...rows].join("\n");
  return format(`${INTRODUCTION}\n${table}\n`, { parser: "markdown", printWidth: 120 });
}

const INTRODUCTION = `<!-- Generated from values.yaml by scripts/chart/readme.ts. Do not edit: change values.yaml and run \`npm run generate\`. -->

# Helm chart of s3-operator

\`\`\`sh
helm install s3-operator charts/s3-operator --namespace s3-operator-system --create-namespace --wait \\
  --set account.id=111122223333 --set account.region=eu-central-1 \\
  --set 'serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=arn:aws:iam::111122223333:role/s3-operator'
\`\`\`

The chart needs Helm 3 or 4, and Kubernetes 1.33 or later. The role needs the actions of
[iam-policy.json](../../docs/iam-policy.json). With EKS Pod Identity, omit the annotation, and associate the ServiceAccount with
the role. Without Helm, run \`kubectl apply --server-side -f install.yaml\`, which has this chart with its defaults.

## CustomResourceDefinitions

The CRDs are templates of the chart. Installing and upgrading the release installs and upgrades them. Uninstalling keeps them
(\`crds.keep\`), because the deletion of a CRD deletes all its objects. \`helm install --take-ownership\` takes over CRDs that
were applied with kubectl. With \`crds.enabled=false\`, upgrade them yourself, before the operator.

To move from \`install.yaml\` to Helm, install the chart in the same namespace. The operator writes to no bucket. Helm 4 uses
server-side apply and needs \`--force-conflicts\` to take over the fields from kubectl; Helm 3 does not have this flag, so
omit it:

\`\`\`sh
helm install s3-operator charts/s3-operator --namespace s3-operator-system --wait --take-ownership --force-conflicts
\`\`\`

## The AWSAccount

With \`account.id\` the chart creates the default AWSAccount. Helm cannot create a CRD and an object of it in one step. On a
cluster without the CRD, a hook therefore creates the AWSAccount after everything else: use \`--wait\`, so that the API server
serves the CRD by then. From the next upgrade on, the AWSAccount is an object of the release. Neither uninstalling nor removing
\`account.id\` deletes it.

\`account.spec\` has every other field of an [AWSAccount](../../docs/reference/awsaccount.md). Helm validates it before it
installs anything. This example sets limits for tenants, and how Pods get the roles of BucketAccesses:

\`\`\`yaml
account:
  id: "111122223333"
  region: eu-central-1
  spec:
    allowedNamespaces: { selector: { matchLabels: { s3: allowed } } }
    allowedDeletionPolicies: [Retain]
    naming: { allowedPatterns: ["{namespace}-*"] }
    guardrails: { allowedAccounts: [], requireKMS: true }
    iam: { permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/s3-workloads" }
    workloadIdentity: { type: PodIdentity, clusterName: production }
\`\`\`

## Troubleshooting

- **A second release for the same objects** fails, because the name of the ClusterRole depends on the watched objects. Give each
  release another \`watch.selector\` or other \`watch.namespaces\`. Set \`crds.enabled=false\` in all releases but one. In one
  namespace, give each release another \`leaderElection.name\`: Helm rejects two releases with the same lease.
- **A typo in values** fails at install. The error names the key, because the schema allows no unknown keys.
- **Uninstalling** keeps CustomResourceDefinitions, AWSAccounts, S3Buckets and buckets. To release or delete buckets, delete the
  S3Buckets while the operator still runs.

## Values
`;
