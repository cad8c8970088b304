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

/** Returns every value with a comment, in the order of the file. A comment begins with the path of the value below it. */
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

Helm 3 and 4, Kubernetes 1.33 or later. The role needs the actions of [iam-policy.json](../../docs/iam-policy.json). With EKS
Pod Identity leave the annotation out, and associate the ServiceAccount with the role. Without Helm:
\`kubectl apply --server-side -f install.yaml\`, which is this chart with its defaults.

## CustomResourceDefinitions

They are templates of the chart: installing and upgrading the release installs and upgrades them, and uninstalling keeps them
(\`crds.keep\`), because with a CustomResourceDefinition all its objects go. CRDs that were applied by kubectl before are taken
over by \`helm install --take-ownership\`; with \`crds.enabled=false\` they are yours to upgrade, before the operator.

From \`install.yaml\` to Helm, in the same namespace, no bucket is written to. Helm 4 applies on the server, where the fields are
kubectl's until \`--force-conflicts\` takes them; with Helm 3 leave that out, which it does not know:

\`\`\`sh
helm install s3-operator charts/s3-operator --namespace s3-operator-system --wait --take-ownership --force-conflicts
\`\`\`

## The AWSAccount

With \`account.id\` the chart makes the default AWSAccount. Helm cannot make a kind and an object of it in one go, so on a
cluster that does not know the kind yet it comes as a hook, after everything else: use \`--wait\`, so that the kind is served by
then. From the next upgrade on it is an object of the release. Neither an uninstall nor taking \`account.id\` away deletes it.

\`account.spec\` has every other field of an [AWSAccount](../../docs/reference/awsaccount.md), checked before anything is
installed. Limits for tenants, and the way in which Pods become the roles of BucketAccesses:

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

## What may go wrong

- **A second release** that would look after the same objects is refused by Helm: the ClusterRole is named by what is looked
  after. Give each release another \`watch.selector\` or other \`watch.namespaces\`, all but one \`crds.enabled=false\`, and those
  in one namespace another \`leaderElection.name\`: Helm refuses two with the same lease.
- **A typo in values** fails at install and names the key: the schema allows no others.
- **Uninstalling** leaves CustomResourceDefinitions, AWSAccounts, S3Buckets and buckets. To have buckets released or deleted
  first, delete the S3Buckets while the operator still runs.

## Values
`;
