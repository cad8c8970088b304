/** S3Bucket: the bucket policy. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const POLICY = "spec.policy";
const STATEMENT = `${POLICY}.statements[0]`;
const READER = { aws: ["arn:aws:iam::111122223333:role/team/reader"] };
const OPEN = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: false };
const CLOSED = { ...OPEN, blockPublicPolicy: true };

const CLOUDTRAIL = "cloudtrail.amazonaws.com";
const S3_LOGS = "logging.s3.amazonaws.com";
const CONFIG = "config.amazonaws.com";
const lock = (mode: string, retention: Spec = {}): Spec => ({
  versioning: "Enabled",
  objectLock: { mode, ...retention },
});
const logDelivery = (...services: Spec[]): Spec => ({ policy: { logDelivery: services } });

const policy = (...statements: Spec[]): Spec => ({ policy: { statements } });
/** A valid statement with these fields replaced; undefined removes one. */
const statement = (changes: Spec): Spec =>
  policy({ sid: "Read", effect: "Allow", principals: READER, actions: ["s3:GetObject"], ...changes });
const principals = (principals: Spec): Spec => statement({ principals });
const condition = (changes: Spec): Spec =>
  statement({ conditions: [{ operator: "StringEquals", key: "aws:PrincipalOrgID", values: ["o-abc"], ...changes }] });

export const POLICY_ROWS: Row[] = [
  accepted("policy: empty", { policy: {} }),
  accepted("policy: everything", {
    policy: {
      minimumTLSVersion: "1.3",
      cloudFrontDistributions: ["arn:aws-cn:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7"],
      vpcEndpoints: ["vpce-0123456789abcdef0", "vpce-01234567"],
      organizationId: "o-a1b2c3d4e5",
      enforceEncryption: true,
      logDelivery: [
        {
          service: CLOUDTRAIL,
          prefixes: ["trails/", "2026/x_(y)/"],
          sourceAccounts: ["111122223333", "444455556666"],
          sourceArns: ["arn:aws:cloudtrail:*:111122223333:trail/main", "arn:aws-cn:s3:::source-*"],
        },
        { service: "logging.s3.amazonaws.com" },
        { service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        { service: "delivery.logs.amazonaws.com" },
        { service: "config.amazonaws.com" },
      ],
      unmanagedStatements: "Remove",
      statements: [
        {
          sid: "Deliver",
          effect: "Allow",
          principals: { service: ["logging.s3.amazonaws.com"], canonicalUser: ["0123456789abcdef".repeat(4)] },
          actions: ["s3:PutObject"],
          resources: ["{bucket}/logs/${aws:PrincipalTag/team}/*"],
          conditions: [
            { operator: "ArnLikeIfExists", key: "aws:SourceArn", values: ["arn:aws:s3:::source-*"] },
            { operator: "StringEquals", key: "aws:SourceArn", values: ["a", "b"] },
            { operator: "ForAnyValue:StringNotEqualsIgnoreCase", key: "s3:ExistingObjectTag/größe", values: [""] },
          ],
        },
        {
          sid: "DenyOthers",
          effect: "Deny",
          notPrincipals: {
            aws: ["111122223333"],
            federated: ["accounts.google.com", "arn:aws:iam::111122223333:saml-provider/idp"],
          },
          notActions: ["S3:Get*", "*"],
          notResources: ["{bucket}"],
        },
        { sid: "DenyAll", effect: "Deny", principals: { aws: ["*"] }, actions: ["s3:Delete*"] },
      ],
    },
  }),
  ...["arn:aws:iam::111122223333:root", "arn:aws-us-gov:sts::111122223333:assumed-role/admin/me@example.com"].map(
    (arn) => accepted(`policy: principal ${arn}`, principals({ aws: [arn] })),
  ),
  accepted("policy: any principal, where public policies are open", {
    publicAccessBlock: OPEN,
    ...principals({ aws: ["*"] }),
  }),
  accepted("policy: any principal under conditions, where public policies are blocked", {
    publicAccessBlock: CLOSED,
    ...statement({
      principals: { aws: ["*"] },
      conditions: [{ operator: "StringEquals", key: "aws:PrincipalOrgID", values: ["o-abc"] }],
    }),
  }),
  accepted("policy: any principal, where the baseline is not known", principals({ aws: ["*"] })),
  refused("policy: any principal, where public policies are blocked", `${POLICY}.statements`, {
    publicAccessBlock: CLOSED,
    ...principals({ aws: ["*"] }),
  }),
  refused("policy: any principal, under the baseline", `${POLICY}.statements`, {
    baseline: "Secure",
    ...principals({ aws: ["*"] }),
  }),
  refused("policy: TLS 1.1", `${POLICY}.minimumTLSVersion`, { policy: { minimumTLSVersion: "1.1" } }),
  refused("policy: distribution by id", `${POLICY}.cloudFrontDistributions[0]`, {
    policy: { cloudFrontDistributions: ["E1A2B3C4D5E6F7"] },
  }),
  ...["vpce-0123456789ABCDEF0", "vpce-0123", "vpc-0123456789abcdef0"].map((id) =>
    refused(`policy: endpoint ${id}`, `${POLICY}.vpcEndpoints[0]`, { policy: { vpcEndpoints: [id] } }),
  ),
  refused("policy: no endpoint", `${POLICY}.vpcEndpoints`, { policy: { vpcEndpoints: [] } }),
  refused("policy: organization by name", `${POLICY}.organizationId`, { policy: { organizationId: "acme" } }),
  refused("policy: log delivery by no service", `${POLICY}.logDelivery`, logDelivery()),
  refused(
    "policy: log delivery by a name without a domain",
    `${POLICY}.logDelivery[0].service`,
    logDelivery({ service: "CloudTrail" }),
  ),
  refused(
    "policy: log delivery twice by one service",
    `${POLICY}.logDelivery[1]`,
    logDelivery({ service: CLOUDTRAIL }, { service: CLOUDTRAIL, prefixes: ["b/"] }),
  ),
  ...[S3_LOGS, "logdelivery.elasticloadbalancing.amazonaws.com"].flatMap((service) =>
    ["aws:kms", "aws:kms:dsse"].map((sseAlgorithm) =>
      refused(`policy: logs of ${service} with ${sseAlgorithm}`, "spec.encryption.sseAlgorithm", {
        encryption: { sseAlgorithm },
        ...logDelivery({ service: CLOUDTRAIL }, { service }),
      }),
    ),
  ),
  refused("policy: S3's logs with object lock", "spec.objectLock", {
    ...lock("None"),
    ...logDelivery({ service: S3_LOGS }),
  }),
  refused("policy: S3's logs with Requester Pays", "spec.requestPayment", {
    requestPayment: "Requester",
    ...logDelivery({ service: S3_LOGS }),
  }),
  refused("policy: logs of AWS Config with a default retention", "spec.objectLock.mode", {
    ...lock("GOVERNANCE", { days: 1 }),
    ...logDelivery({ service: CONFIG }),
  }),
  accepted("policy: logs of AWS Config with object lock", { ...lock("None"), ...logDelivery({ service: CONFIG }) }),
  accepted("policy: trails with KMS and a default retention", {
    encryption: { sseAlgorithm: "aws:kms" },
    ...lock("GOVERNANCE", { days: 1 }),
    ...logDelivery({ service: CLOUDTRAIL }, { service: "delivery.logs.amazonaws.com" }),
  }),
  accepted("policy: S3's logs with SSE-S3", {
    encryption: { sseAlgorithm: "AES256" },
    ...logDelivery({ service: S3_LOGS }),
  }),
  ...["logs", "/logs/", "logs/*/", "logs/${aws:username}/", "", "/"].map((prefix) =>
    refused(
      `policy: log delivery to '${prefix}'`,
      `${POLICY}.logDelivery[0].prefixes[0]`,
      logDelivery({ service: CLOUDTRAIL, prefixes: [prefix] }),
    ),
  ),
  refused(
    "policy: log delivery for an account by name",
    `${POLICY}.logDelivery[0].sourceAccounts[0]`,
    logDelivery({ service: CLOUDTRAIL, sourceAccounts: ["*"] }),
  ),
  ...["*", "arn:aws:cloudtrail:*:*:trail/main", "arn:*:s3:::source", "arn:aws:s3:::${aws:username}"].map((arn) =>
    refused(
      `policy: log delivery of ${arn}`,
      `${POLICY}.logDelivery[0].sourceArns[0]`,
      logDelivery({ service: CLOUDTRAIL, sourceArns: [arn] }),
    ),
  ),
  refused("policy: sid twice", `${POLICY}.statements[1]`, {
    policy: {
      statements: ["Allow", "Deny"].map((effect) => ({
        sid: "A",
        effect,
        principals: READER,
        actions: ["s3:GetObject"],
      })),
    },
  }),
  ...["Read it", " Grant-1.0: read", "A".repeat(256)].map((sid) =>
    accepted(`policy: sid ${sid.slice(0, 20)}`, statement({ sid })),
  ),
  refused("policy: sid with an umlaut", `${STATEMENT}.sid`, statement({ sid: "Lesbar für alle" })),
  refused("policy: sid of 257 characters", `${STATEMENT}.sid`, statement({ sid: "A".repeat(257) })),
  refused("policy: sid of the operator", `${STATEMENT}.sid`, statement({ sid: "S3OperatorMinimumTLS" })),
  refused("policy: effect absent", `${STATEMENT}.effect`, statement({ effect: undefined })),
  refused("policy: principals and notPrincipals", STATEMENT, statement({ effect: "Deny", notPrincipals: READER })),
  refused("policy: no principals", STATEMENT, statement({ principals: undefined })),
  refused(
    "policy: allow by notPrincipals",
    `${STATEMENT}.notPrincipals`,
    statement({ principals: undefined, notPrincipals: READER }),
  ),
  refused("policy: actions and notActions", STATEMENT, statement({ notActions: ["s3:PutObject"] })),
  refused("policy: no actions", STATEMENT, statement({ actions: undefined })),
  refused(
    "policy: resources and notResources",
    STATEMENT,
    statement({ resources: ["{bucket}"], notResources: ["{bucket}/*"] }),
  ),
  refused("policy: principals empty", `${STATEMENT}.principals`, principals({})),
  refused(
    "policy: notPrincipals empty",
    `${STATEMENT}.notPrincipals`,
    statement({ effect: "Deny", principals: undefined, notPrincipals: {} }),
  ),
  refused(
    "policy: any principal and an account",
    `${STATEMENT}.principals.aws`,
    principals({ aws: ["*", "111122223333"] }),
  ),
  refused(
    "policy: principal with a wildcard",
    `${STATEMENT}.principals.aws[0]`,
    principals({ aws: ["arn:aws:iam::111122223333:role/*"] }),
  ),
  ...[
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC",
    "AROACKCEVSQ6C2EXAMPLE",
    "AIDACKCEVSQ6C2EXAMPLE",
    "arn:aws:iam::111122223333:role/a:path/of!any(character)/reader",
    "arn:aws:sts::111122223333:federated-user/bob",
  ].map((name) => accepted(`policy: principal ${name}`, principals({ aws: [name] }))),
  ...[
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity *",
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1 E2",
    "arn:aws:iam::111122223333:role/a path/reader",
    "ANPACKCEVSQ6C2EXAMPLE",
    "AROA?",
  ].map((name) => refused(`policy: principal ${name}`, `${STATEMENT}.principals.aws[0]`, principals({ aws: [name] }))),
  accepted("policy: canonical user of an origin access identity", principals({ canonicalUser: ["0a".repeat(48)] })),
  accepted(
    "policy: key of an OIDC provider with a path",
    condition({ key: "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE:sub" }),
  ),
  refused("policy: service without a domain", `${STATEMENT}.principals.service[0]`, principals({ service: ["s3"] })),
  refused(
    "policy: provider without a domain",
    `${STATEMENT}.principals.federated[0]`,
    principals({ federated: ["google"] }),
  ),
  refused(
    "policy: canonical user by name",
    `${STATEMENT}.principals.canonicalUser[0]`,
    principals({ canonicalUser: ["me"] }),
  ),
  ...["aws", "service", "federated", "canonicalUser"].map((kind) =>
    refused(
      `policy: notPrincipals.${kind} invalid`,
      `${STATEMENT}.notPrincipals.${kind}[0]`,
      statement({ effect: "Deny", principals: undefined, notPrincipals: { [kind]: ["?"] } }),
    ),
  ),
  refused(
    "policy: notPrincipals with a wildcard",
    `${STATEMENT}.notPrincipals.aws[0]`,
    statement({
      effect: "Deny",
      principals: undefined,
      notPrincipals: { aws: ["arn:aws:iam::111122223333:role/*"] },
    }),
  ),
  refused(
    "policy: notPrincipals with any principal and an account",
    `${STATEMENT}.notPrincipals.aws`,
    statement({ effect: "Deny", principals: undefined, notPrincipals: { aws: ["*", "111122223333"] } }),
  ),
  refused("policy: action of another service", `${STATEMENT}.actions[0]`, statement({ actions: ["iam:PassRole"] })),
  refused("policy: action of two", `${STATEMENT}.actions[0]`, statement({ actions: ["s3:GetObject,s3:PutObject"] })),
  refused(
    "policy: notActions without a service",
    `${STATEMENT}.notActions[0]`,
    statement({ actions: undefined, notActions: ["GetObject"] }),
  ),
  refused(
    "policy: resource of another bucket",
    `${STATEMENT}.resources[0]`,
    statement({ resources: ["arn:aws:s3:::other/*"] }),
  ),
  refused("policy: resource without key", `${STATEMENT}.resources[0]`, statement({ resources: ["{bucket}/"] })),
  refused("policy: notResources as a wildcard", `${STATEMENT}.notResources[0]`, statement({ notResources: ["*"] })),
  refused("policy: operator unknown", `${STATEMENT}.conditions[0].operator`, condition({ operator: "StringMatches" })),
  refused(
    "policy: operator in lower case",
    `${STATEMENT}.conditions[0].operator`,
    condition({ operator: "stringEquals" }),
  ),
  refused("policy: key without prefix", `${STATEMENT}.conditions[0].key`, condition({ key: "SourceArn" })),
  refused("policy: values empty", `${STATEMENT}.conditions[0].values`, condition({ values: [] })),
  refused("policy: value a boolean", `${STATEMENT}.conditions[0].values[0]`, condition({ values: [true] })),
];
