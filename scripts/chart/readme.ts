/** Generates the chart's README from the comments in its values.yaml. */

import { load } from "js-yaml";
import { format } from "prettier";

/** One row of the table of values. */
export interface Value {
  /** For example "image.tag". */
  path: string;
  description: string;
  default: unknown;
}

/**
 * Returns each value with a comment, in the order of the file. A comment begins with the path of the value below it.
 */
export function commentedValues(valuesYaml: string): Value[] {
  const values = load(valuesYaml) as Record<string, unknown>;
  const comments = [...valuesYaml.matchAll(/^ *# ([a-z]\w*(?:\.\w+)*):? (.+)\n *(\w+):/gm)];
  return comments.map(([, path = "", rest = "", key]) => {
    if (path.split(".").at(-1) !== key) throw new Error(`values.yaml: the comment on ${path} stands before ${key}`);
    return { path, description: sentence(rest), default: valueAt(values, path) };
  });
}

/** Drops "is" and "are", which continue the path in the comment, and capitalizes the rest. */
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

The chart needs Helm 3 or 4 and Kubernetes 1.33 or later. The role needs the actions in
[iam-policy.json](../../docs/iam-policy.json). With EKS Pod Identity, omit the annotation and associate the ServiceAccount with
the role. To install without Helm, run \`kubectl apply --server-side -f install.yaml\`: the file is this chart with its defaults.

## CustomResourceDefinitions

The CustomResourceDefinitions are templates of the chart. An install or upgrade of the release installs or upgrades them. An
uninstall keeps them (\`crds.keep\`), because the deletion of a CustomResourceDefinition deletes all its objects. To take over CRDs
that kubectl has applied, use \`helm install --take-ownership\`. With \`crds.enabled=false\`, upgrade them yourself before the operator.

A change from \`install.yaml\` to Helm in the same namespace writes to no bucket. Helm 4 uses server-side apply and needs
\`--force-conflicts\` to take over the fields that kubectl owns. Helm 3 does not have this flag; omit it there:

\`\`\`sh
helm install s3-operator charts/s3-operator --namespace s3-operator-system --wait --take-ownership --force-conflicts
\`\`\`

## The AWSAccount

With \`account.id\` the chart creates the default AWSAccount. Helm cannot create a kind and an object of it in one step. On a
cluster without the kind, the AWSAccount is therefore a hook that runs after everything else: use \`--wait\`, so that the kind is
served by then. From the next upgrade on, the AWSAccount is an object of the release. Neither an uninstall nor the removal of
\`account.id\` deletes it.

\`account.spec\` accepts every other field of an [AWSAccount](../../docs/reference/awsaccount.md). Helm checks it before it
installs anything. This example sets guardrails for tenants, and how Pods assume the roles of BucketAccesses:

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

## Common problems

- **A second release** with the same scope is refused by Helm, because the name of the ClusterRole depends on the scope. Give
  each release a different \`watch.selector\` or \`watch.namespaces\`. Set \`crds.enabled=false\` in all releases but one. Give
  releases in one namespace different \`leaderElection.name\`s: Helm refuses two with the same lease.
- **A typo in values** fails at install, and the error names the key: the schema allows no other keys.
- **An uninstall** leaves CustomResourceDefinitions, AWSAccounts, S3Buckets and buckets. To release or delete buckets, delete
  the S3Buckets first, while the operator is running.

## Values
`;
