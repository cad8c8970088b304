/** AWSAccount. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const account = (changes: Spec): Spec => ({ accountId: "111122223333", region: "eu-central-1", ...changes });
const role = (roleArn: string, extra: Spec = {}): Spec => account({ assumeRole: { roleArn, ...extra } });
const expression = (requirement: Spec): Spec =>
  account({ allowedNamespaces: { selector: { matchExpressions: [{ key: "team", ...requirement }] } } });
const template = (template: string): Spec => account({ naming: { template } });

const patterns = (...allowedPatterns: string[]): Spec => account({ naming: { allowedPatterns } });
const guardrails = (guardrails: Spec): Spec => account({ guardrails });
const rule = (rule: Spec): Spec => account({ access: { rules: [rule] } });
const identity = (workloadIdentity: Spec): Spec => account({ workloadIdentity });
const shared = (sharedRoleArn: string): Spec => identity({ type: "PodIdentity", clusterName: "main", sharedRoleArn });
const iam = (iam: Spec): Spec => account({ iam });
const boundary = (permissionsBoundaryArn: string): Spec => iam({ permissionsBoundaryArn });
const rules = (...rules: Spec[]): Spec => account({ access: { rules } });
const webIdentity = (changes: Spec): Spec =>
  rules({ webIdentities: [{ providerArn: GITHUB, subjects: ["repo:acme/*"], ...changes }] });
const rate = (requestsPerSecond: unknown): Spec => account({ rateLimit: { requestsPerSecond } });

const PROVIDER =
  "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
const GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const RULE = "spec.access.rules[0]";
const BLOCK = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const ROLE = "arn:aws:iam::111122223333:role/path/s3-operator";
const SHARED_ROLE = "spec.workloadIdentity.sharedRoleArn";
const ROLE_PATH = "spec.assumeRole.roleArn";
const EXPRESSION = "spec.allowedNamespaces.selector.matchExpressions[0].values";

export const ACCOUNT_ROWS: Row[] = [
  accepted("account: minimal", account({})),
  { name: "account: a name of 64 characters", objectName: "n".repeat(64), spec: account({}), refusedAt: "" },
  accepted(
    "account: everything",
    account({
      default: true,
      assumeRole: { roleArn: ROLE, externalId: "a:b/c=1" },
      allowedNamespaces: { names: ["team-a", "1"] },
      naming: {
        template: "acme-{namespace}-{name}.{cluster}-{account}-{region}-{hash}",
        allowedPatterns: ["acme-*", "{namespace}-{name}.{cluster}-{account}-{region}-?"],
      },
      allowAdoption: true,
      allowedDeletionPolicies: ["DeleteWithContents", "Retain", "DeleteIfEmpty"],
      tags: { "cost-centre": "4711" },
      guardrails: {
        allowedAccounts: ["444455556666"],
        allowedRoles: ["arn:aws:iam::111122223333:role/replication/{namespace}/*", "arn:aws-cn:iam::*:role/s3-?"],
        allowedDestinations: ["acme-logs", "{namespace}.archive-*"],
        allowedKeyAliases: ["alias/{namespace}/*"],
        allowPublicAccess: false,
        requireKMS: true,
      },
      publicAccessBlock: BLOCK,
      workloadIdentity: { type: "IRSA", oidcProviderArn: PROVIDER, clusterName: "main" },
      iam: {
        rolePath: "/s3-operator/main/",
        rolePrefix: "s3-",
        permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/limits/s3-workloads",
        tags: { "cost-centre": "4711" },
      },
      rateLimit: { requestsPerSecond: 10_000 },
    }),
  ),
  accepted("account: patterns without a template", patterns("*")),
  accepted("account: no other account", guardrails({ allowedAccounts: [] })),
  accepted("account: no guardrail", guardrails({})),
  accepted("account: Pod Identity", identity({ type: "PodIdentity", clusterName: "main" })),
  accepted(
    "account: OIDC provider of a self-managed cluster",
    identity({ type: "IRSA", oidcProviderArn: "arn:aws-cn:iam::111122223333:oidc-provider/oidc.example.com:8443" }),
  ),
  accepted(
    "account: OIDC provider of AKS",
    identity({
      type: "IRSA",
      oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/eastus.oic.prod-aks.azure.com/1a2b-3c/4d5e-6f/",
    }),
  ),
  accepted(
    "account: OIDC provider with a port and a path",
    identity({
      type: "IRSA",
      oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/oidc.example.com:8443/a_b/main",
    }),
  ),
  refused(
    "account: OIDC provider with an empty part of its path",
    "spec.workloadIdentity.oidcProviderArn",
    identity({ type: "IRSA", oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/oidc.example.com//main" }),
  ),
  accepted("account: access without rules", account({ access: {} })),
  accepted("account: a rule that allows nothing", rules({})),
  accepted(
    "account: rules for access",
    rules(
      {
        namespaces: { selector: { matchLabels: { s3: "yes" } } },
        policyArns: [
          "arn:aws:iam::111122223333:policy/{namespace}-*",
          "arn:aws:iam::aws:policy/AmazonSQS?eadOnlyAccess",
        ],
        buckets: ["*", "{namespace}-shared-?"],
        roleArns: ["arn:aws:iam::111122223333:role/*", "arn:aws-cn:iam::111122223333:role/apps/{namespace}-*"],
        webIdentities: [{ providerArn: GITHUB, subjects: ["repo:acme/{namespace}:ref:refs/heads/main"] }],
      },
      { namespaces: { names: ["team-a"] }, buckets: ["legacy"] },
    ),
  ),
  refused("account: no rule for access", "spec.access.rules", rules()),
  refused("account: 41 rules for access", "spec.access.rules", rules(...Array.from({ length: 41 }, () => ({})))),
  refused(
    "account: a rule with names and selector",
    `${RULE}.namespaces`,
    rules({ namespaces: { names: ["a"], selector: {} } }),
  ),
  refused("account: no allowed policy", `${RULE}.policyArns`, rules({ policyArns: [] })),
  refused("account: allowed policy by name", `${RULE}.policyArns[0]`, rules({ policyArns: ["AmazonSQSFullAccess"] })),
  refused(
    "account: allowed policy that is a role",
    `${RULE}.policyArns[0]`,
    rules({ policyArns: ["arn:aws:iam::111122223333:role/*"] }),
  ),
  refused(
    "account: allowed policy of any account",
    `${RULE}.policyArns[0]`,
    rules({ policyArns: ["arn:aws:iam::*:policy/*"] }),
  ),
  refused(
    "account: allowed policy with another placeholder",
    `${RULE}.policyArns[0]`,
    rules({ policyArns: ["arn:aws:iam::111122223333:policy/{name}"] }),
  ),
  refused("account: no allowed bucket", `${RULE}.buckets`, rules({ buckets: [] })),
  refused("account: allowed bucket with capitals", `${RULE}.buckets[0]`, rules({ buckets: ["Acme"] })),
  refused("account: allowed bucket by ARN", `${RULE}.buckets[0]`, rules({ buckets: ["arn:aws:s3:::acme"] })),
  refused(
    "account: allowed bucket with another placeholder",
    `${RULE}.buckets[0]`,
    rules({ buckets: ["{cluster}-*"] }),
  ),
  refused("account: allowed bucket twice", `${RULE}.buckets[1]`, rules({ buckets: ["a", "a"] })),
  refused("account: no allowed role", `${RULE}.roleArns`, rules({ roleArns: [] })),
  refused("account: allowed role by name", `${RULE}.roleArns[0]`, rules({ roleArns: ["app-*"] })),
  refused(
    "account: allowed role that is a user",
    `${RULE}.roleArns[0]`,
    rules({ roleArns: ["arn:aws:iam::111122223333:user/*"] }),
  ),
  refused(
    "account: allowed role of any account",
    `${RULE}.roleArns[0]`,
    rules({ roleArns: ["arn:aws:iam::*:role/app"] }),
  ),
  refused("account: no allowed web identity", `${RULE}.webIdentities`, rules({ webIdentities: [] })),
  refused(
    "account: web identity of a provider by URL",
    `${RULE}.webIdentities[0].providerArn`,
    webIdentity({ providerArn: "https://token.actions.githubusercontent.com" }),
  ),
  refused(
    "account: web identity without a provider",
    `${RULE}.webIdentities[0].providerArn`,
    webIdentity({ providerArn: undefined }),
  ),
  refused(
    "account: web identity of a provider with a wildcard",
    `${RULE}.webIdentities[0].providerArn`,
    webIdentity({ providerArn: `${GITHUB}*` }),
  ),
  refused("account: web identity of no subject", `${RULE}.webIdentities[0].subjects`, webIdentity({ subjects: [] })),
  refused(
    "account: web identity with an empty subject",
    `${RULE}.webIdentities[0].subjects[0]`,
    webIdentity({ subjects: [""] }),
  ),
  refused(
    "account: web identity of one provider twice",
    `${RULE}.webIdentities[1]`,
    rules({
      webIdentities: [
        { providerArn: GITHUB, subjects: ["a"] },
        { providerArn: GITHUB, subjects: ["b"] },
      ],
    }),
  ),
  accepted("account: roles without a path", iam({ rolePath: "/" })),
  accepted("account: a boundary of AWS", boundary("arn:aws:iam::aws:policy/PowerUserAccess")),
  refused("account: naming empty", "spec.naming", account({ naming: {} })),
  refused("account: no pattern", "spec.naming.allowedPatterns", patterns()),
  refused("account: pattern with capitals", "spec.naming.allowedPatterns[0]", patterns("Acme-*")),
  refused("account: pattern with a hash", "spec.naming.allowedPatterns[0]", patterns("acme-{hash}")),
  refused("account: pattern as a regular expression", "spec.naming.allowedPatterns[0]", patterns("acme-[a-z]+")),
  refused("account: pattern twice", "spec.naming.allowedPatterns[1]", patterns("a*", "a*")),
  refused(
    "account: 51 patterns",
    "spec.naming.allowedPatterns",
    patterns(...Array.from({ length: 51 }, (_, n) => `a${n}`)),
  ),
  refused(
    "account: allowed account of 11 digits",
    "spec.guardrails.allowedAccounts[0]",
    guardrails({ allowedAccounts: ["11112222333"] }),
  ),
  refused(
    "account: allowed account as a pattern",
    "spec.guardrails.allowedAccounts[0]",
    guardrails({ allowedAccounts: ["*"] }),
  ),
  refused(
    "account: allowed role of no role",
    "spec.guardrails.allowedRoles[0]",
    guardrails({ allowedRoles: ["arn:aws:iam::111122223333:user/*"] }),
  ),
  refused("account: allowed role as any text", "spec.guardrails.allowedRoles[0]", guardrails({ allowedRoles: ["*"] })),
  refused(
    "account: allowed role with another placeholder",
    "spec.guardrails.allowedRoles[0]",
    guardrails({ allowedRoles: ["arn:aws:iam::111122223333:role/{name}"] }),
  ),
  refused(
    "account: allowed destination by ARN",
    "spec.guardrails.allowedDestinations[0]",
    guardrails({ allowedDestinations: ["arn:aws:s3:::acme-logs"] }),
  ),
  refused(
    "account: allowed alias without its prefix",
    "spec.guardrails.allowedKeyAliases[0]",
    guardrails({ allowedKeyAliases: ["{namespace}/*"] }),
  ),
  refused("account: rule for a policy as any text", "spec.access.rules[0].policyArns[0]", rule({ policyArns: ["*"] })),
  refused(
    "account: rule for a bucket by ARN",
    "spec.access.rules[0].buckets[0]",
    rule({ buckets: ["arn:aws:s3:::acme-*"] }),
  ),
  refused(
    "account: rule for a role that is a user",
    "spec.access.rules[0].roleArns[0]",
    rule({ roleArns: ["arn:aws:iam::111122223333:user/*"] }),
  ),
  refused(
    "account: rule for an OIDC provider by its URL",
    "spec.access.rules[0].webIdentities[0].providerArn",
    rule({
      webIdentities: [{ providerArn: "https://token.actions.githubusercontent.com", subjects: ["repo:acme/*"] }],
    }),
  ),
  refused("account: requireKMS in quotes", "spec.guardrails.requireKMS", guardrails({ requireKMS: "true" })),
  refused(
    "account: three switches",
    "spec.publicAccessBlock.ignorePublicAcls",
    account({ publicAccessBlock: { ...BLOCK, ignorePublicAcls: undefined } }),
  ),
  refused("account: identity of no type", "spec.workloadIdentity.type", identity({ clusterName: "main" })),
  refused("account: identity of another type", "spec.workloadIdentity.type", identity({ type: "Kube2iam" })),
  refused(
    "account: IRSA without a provider",
    "spec.workloadIdentity.oidcProviderArn",
    identity({ type: "IRSA", clusterName: "main" }),
  ),
  refused(
    "account: Pod Identity without a cluster",
    "spec.workloadIdentity.clusterName",
    identity({ type: "PodIdentity", oidcProviderArn: PROVIDER }),
  ),
  refused(
    "account: provider of another account",
    "spec.workloadIdentity.oidcProviderArn",
    identity({ type: "IRSA", oidcProviderArn: PROVIDER.replace("111122223333", "999999999999") }),
  ),
  refused(
    "account: provider as a URL",
    "spec.workloadIdentity.oidcProviderArn",
    identity({ type: "IRSA", oidcProviderArn: "https://oidc.example.com" }),
  ),
  refused(
    "account: cluster by ARN",
    "spec.workloadIdentity.clusterName",
    identity({ type: "PodIdentity", clusterName: "arn:aws:eks:eu-central-1:111122223333:cluster/main" }),
  ),
  accepted("account: a role to share", shared("arn:aws:iam::111122223333:role/path/pods")),
  refused("account: shared role by name", SHARED_ROLE, shared("pods")),
  refused("account: shared role that is a user", SHARED_ROLE, shared("arn:aws:iam::111122223333:user/pods")),
  refused("account: shared role of another account", SHARED_ROLE, shared("arn:aws:iam::999999999999:role/pods")),
  refused(
    "account: id in the shared role's path",
    SHARED_ROLE,
    shared("arn:aws:iam::999999999999:role/:iam::111122223333:/pods"),
  ),
  refused("account: role path without an end", "spec.iam.rolePath", iam({ rolePath: "/s3-operator" })),
  refused("account: role path with a wildcard", "spec.iam.rolePath", iam({ rolePath: "/*/" })),
  refused("account: role prefix with a slash", "spec.iam.rolePrefix", iam({ rolePrefix: "s3/" })),
  refused("account: role prefix of 33 characters", "spec.iam.rolePrefix", iam({ rolePrefix: "a".repeat(33) })),
  refused(
    "account: boundary that is a role",
    "spec.iam.permissionsBoundaryArn",
    boundary("arn:aws:iam::111122223333:role/x"),
  ),
  refused(
    "account: boundary of another account",
    "spec.iam.permissionsBoundaryArn",
    boundary("arn:aws:iam::999999999999:policy/x"),
  ),
  refused("account: role tag key with a comma", "spec.iam.tags", iam({ tags: { "a,b": "x" } })),
  refused("account: role tag key of AWS", "spec.iam.tags", iam({ tags: { "aws:x": "x" } })),
  refused("account: role tag value with a line feed", "spec.iam.tags[a]", iam({ tags: { a: "x\n" } })),
  refused("account: rate limit empty", "spec.rateLimit.requestsPerSecond", account({ rateLimit: {} })),
  refused("account: rate of 0", "spec.rateLimit.requestsPerSecond", rate(0)),
  refused("account: rate of 10001", "spec.rateLimit.requestsPerSecond", rate(10_001)),
  refused("account: half a request", "spec.rateLimit.requestsPerSecond", rate(0.5)),
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
  refused("account: neither names nor selector", "spec.allowedNamespaces", account({ allowedNamespaces: {} })),
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
