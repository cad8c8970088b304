/** AWSAccount. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const account = (changes: Spec): Spec => ({ accountId: "111122223333", region: "eu-central-1", ...changes });
const role = (roleArn: string, extra: Spec = {}): Spec => account({ assumeRole: { roleArn, ...extra } });
const expression = (requirement: Spec): Spec =>
  account({ allowedNamespaces: { selector: { matchExpressions: [{ key: "team", ...requirement }] } } });
const template = (template: string): Spec => account({ naming: { template } });

const ROLE = "arn:aws:iam::111122223333:role/path/s3-operator";
const ROLE_PATH = "spec.assumeRole.roleArn";
const EXPRESSION = "spec.allowedNamespaces.selector.matchExpressions[0].values";

export const ACCOUNT_ROWS: Row[] = [
  accepted("account: the least", account({})),
  { name: "account: a name of 64 characters", objectName: "n".repeat(64), spec: account({}), refusedAt: "" },
  accepted(
    "account: everything",
    account({
      default: true,
      assumeRole: { roleArn: ROLE, externalId: "a:b/c=1" },
      allowedNamespaces: { names: ["team-a", "1"] },
      naming: { template: "acme-{namespace}-{name}.{cluster}-{account}-{region}-{hash}" },
      allowAdoption: true,
      allowedDeletionPolicies: ["DeleteWithContents", "Retain", "DeleteIfEmpty"],
      tags: { "cost-centre": "4711" },
    }),
  ),
  accepted("account: role in another partition", role("arn:aws-us-gov:iam::111122223333:role/s3-operator")),
  accepted("account: no namespace", account({ allowedNamespaces: { names: [] } })),
  accepted(
    "account: namespaces by label",
    account({ allowedNamespaces: { selector: { matchLabels: { s3: "yes" } } } }),
  ),
  accepted("account: namespaces by expression", expression({ operator: "NotIn", values: ["guests"] })),
  accepted("account: namespaces by existence", expression({ operator: "Exists" })),
  refused("account: id absent", "spec.accountId", { region: "eu-central-1" }),
  refused("account: region absent", "spec.region", { accountId: "111122223333" }),
  refused("account: id of 11 digits", "spec.accountId", account({ accountId: "11112222333" })),
  refused("account: id with letters", "spec.accountId", account({ accountId: "11112222333x" })),
  refused("account: id a number", "spec.accountId", account({ accountId: 111122223333 })),
  refused("account: region unknown", "spec.region", account({ region: "Frankfurt" })),
  refused("account: role of another account", ROLE_PATH, role("arn:aws:iam::999999999999:role/s3-operator")),
  refused(
    "account: id in the role's path",
    ROLE_PATH,
    role("arn:aws:iam::999999999999:role/:iam::111122223333:role/x"),
  ),
  refused("account: user for role", ROLE_PATH, role("arn:aws:iam::111122223333:user/s3-operator")),
  refused("account: external id of 1 character", "spec.assumeRole.externalId", role(ROLE, { externalId: "a" })),
  refused("account: external id with a space", "spec.assumeRole.externalId", role(ROLE, { externalId: "a b" })),
  refused(
    "account: namespaces by names and label",
    "spec.allowedNamespaces",
    account({ allowedNamespaces: { names: ["a"], selector: {} } }),
  ),
  refused("account: namespaces by nothing", "spec.allowedNamespaces", account({ allowedNamespaces: {} })),
  refused(
    "account: namespace as a pattern",
    "spec.allowedNamespaces.names[0]",
    account({ allowedNamespaces: { names: ["team-*"] } }),
  ),
  refused("account: In without values", EXPRESSION, expression({ operator: "In" })),
  refused("account: NotIn with no values", EXPRESSION, expression({ operator: "NotIn", values: [] })),
  refused("account: Exists with values", EXPRESSION, expression({ operator: "Exists", values: ["a"] })),
  refused(
    "account: operator unknown",
    "spec.allowedNamespaces.selector.matchExpressions[0].operator",
    expression({ operator: "Gt", values: ["1"] }),
  ),
  refused("account: template with another placeholder", "spec.naming.template", template("{name}-{uid}")),
  refused("account: template with capitals", "spec.naming.template", template("Acme-{name}")),
  refused("account: template with a brace", "spec.naming.template", template("{name}-{")),
  refused("account: template of one name", "spec.naming.template", template("acme-{namespace}")),
  refused("account: no deletion policy", "spec.allowedDeletionPolicies", account({ allowedDeletionPolicies: [] })),
  refused(
    "account: deletion policy unknown",
    "spec.allowedDeletionPolicies[0]",
    account({ allowedDeletionPolicies: ["Delete"] }),
  ),
  refused(
    "account: deletion policy twice",
    "spec.allowedDeletionPolicies[1]",
    account({ allowedDeletionPolicies: ["Retain", "Retain"] }),
  ),
  refused(
    "account: 11 tags",
    "spec.tags",
    account({ tags: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`k${n}`, "v"])) }),
  ),
  refused("account: tag key with a comma", "spec.tags", account({ tags: { "a,b": "x" } })),
  refused("account: tag key of AWS", "spec.tags", account({ tags: { "aws:x": "x" } })),
  refused("account: tag value with a line feed", "spec.tags[a]", account({ tags: { a: "x\n" } })),
];

export const ACCOUNT_EDITS: Row[] = [
  { name: "account: edit: region", before: account({}), spec: account({ region: "us-east-1" }) },
  {
    name: "account: edit: id",
    before: account({}),
    spec: account({ accountId: "444455556666" }),
    refusedAt: "spec.accountId",
  },
];
