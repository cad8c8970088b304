/** BucketAccess, and the consent of an S3Bucket to BucketAccesses of other namespaces. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const READER = "arn:aws:iam::210987654321:role/reader";
const POLICY = "arn:aws:iam::210987654321:policy/queue";
const KEY = "arn:aws:kms:eu-central-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const GRANT = { prefix: "raw/", permissions: ["Read"] };
const PREFIX = "spec.grants[0].prefix";

/** A valid spec for a ServiceAccount with these fields replaced; undefined removes one. */
const access = (changes: Spec = {}): Spec => ({
  bucketRef: { name: "docs" },
  grants: [GRANT],
  serviceAccountRefs: [{ name: "api" }],
  ...changes,
});
const byPrincipals = (changes: Spec = {}): Spec =>
  access({ serviceAccountRefs: undefined, principals: [READER], ...changes });
/** For a bucket that no S3Bucket manages. */
const external = (bucket: Spec = {}, changes: Spec = {}): Spec =>
  access({ bucketRef: undefined, bucket: { name: "landing", region: "eu-central-1", ...bucket }, ...changes });
const byWebIdentity = (webIdentity: Spec = {}, changes: Spec = {}): Spec =>
  access({
    serviceAccountRefs: undefined,
    webIdentity: {
      providerArn: PROVIDER,
      subjects: ["repo:acme/shop:ref:refs/heads/main"],
      audience: "sts.amazonaws.com",
      ...webIdentity,
    },
    ...changes,
  });
const prefix = (prefix: string): Spec => access({ grants: [{ ...GRANT, prefix }] });
const principal = (principal: unknown): Spec => byPrincipals({ principals: [principal] });
const permissions = (permissions: unknown): Spec => access({ grants: [{ ...GRANT, permissions }] });

export const ACCESS_ROWS: Row[] = [
  accepted("access: minimal", access()),
  { name: "access: a name of 64 characters", objectName: "n".repeat(64), spec: access(), refusedAt: "" },
  accepted(
    "access: everything, with IRSA",
    access({
      bucketRef: { name: "docs.v2", namespace: "data-1" },
      grants: [
        { prefix: "*", permissions: ["List"] },
        { prefix: "raw/", permissions: ["Read", "ReadVersions", "Write", "Delete", "List", "Tag", "Restore"] },
      ],
      serviceAccountRefs: [{ name: "api.v2" }],
      identity: "IRSA",
      role: { type: "Own" },
      annotateServiceAccount: true,
      configMap: { name: "docs-access.v2" },
    }),
  ),
  accepted(
    "access: everything, with Pod Identity",
    access({ identity: "PodIdentity", role: { type: "Shared" }, annotateServiceAccount: false }),
  ),
  accepted("access: annotation and role, the identity being the account's", {
    ...access({ annotateServiceAccount: true, role: { type: "Shared" } }),
  }),
  accepted("access: 100 prefixes of the longest kind", {
    ...access({
      grants: Array.from({ length: 100 }, (_, index) => ({
        prefix: `${index}/`.padStart(1024, "x"),
        permissions: ["Read", "Write", "Delete", "List"],
      })),
    }),
  }),
  accepted(
    "access: roles",
    byPrincipals({ principals: [READER, "arn:aws-cn:iam::210987654321:role/a/b-c/reader+x=1,@y.z_"] }),
  ),
  refused("access: bucketRef absent", "spec", access({ bucketRef: undefined })),
  refused("access: bucketRef as a path", "spec.bucketRef.name", access({ bucketRef: { name: "../docs" } })),
  refused(
    "access: namespace of the bucket as a path",
    "spec.bucketRef.namespace",
    access({ bucketRef: { name: "docs", namespace: "a/../b" } }),
  ),
  refused("access: no grants", "spec.grants", access({ grants: [] })),
  refused("access: a prefix twice", "spec.grants[1]", access({ grants: [GRANT, GRANT] })),
  refused("access: no permissions", "spec.grants[0].permissions", permissions([])),
  refused("access: permission unknown", "spec.grants[0].permissions[0]", permissions(["Admin"])),
  refused("access: permission twice", "spec.grants[0].permissions[1]", permissions(["Read", "Read"])),

  ...["a/", "raw/invoices/", "a//", "../b/", "*/", "a*?/", "${aws:username}/", "größe/ÿ/", "a b'\"\\/"].map((text) =>
    accepted(`access: prefix ${text}`, prefix(text)),
  ),
  accepted("access: prefix of 1,024 bytes", prefix(`${"ü".repeat(511)}a/`)),
  refused("access: prefix of 1,025 bytes", PREFIX, prefix(`${"ü".repeat(512)}/`)),
  refused("access: prefix of 1,025 characters", PREFIX, prefix(`${"a".repeat(1024)}/`)),
  refused("access: prefix empty", PREFIX, prefix("")),
  refused("access: prefix without its slash", PREFIX, prefix("team-a")),
  refused("access: prefix with a star at its end", PREFIX, prefix("team-a/*")),
  refused("access: prefix that begins with a slash", PREFIX, prefix("/team-a/")),
  refused("access: prefix with a line feed", PREFIX, prefix("team\n/")),
  refused("access: prefix with a line feed at its end", PREFIX, prefix("team/\n")),
  refused("access: prefix with a control character", PREFIX, prefix("team\u0085/")),
  refused("access: prefix beyond Latin-1", PREFIX, prefix("文書/")),

  refused("access: neither service account nor principals", "spec", access({ serviceAccountRefs: undefined })),
  refused("access: both service account and principals", "spec", access({ principals: [READER] })),
  ...["../api", "team-b/api", "API", "api:x", "api.", "system:serviceaccount:a:b", "*"].map((name) =>
    refused(
      `access: service account ${name}`,
      "spec.serviceAccountRefs[0].name",
      access({ serviceAccountRefs: [{ name }] }),
    ),
  ),
  refused(
    "access: service account of 254 characters",
    "spec.serviceAccountRefs[0].name",
    access({ serviceAccountRefs: [{ name: "a".repeat(254) }] }),
  ),
  refused("access: no principals", "spec.principals", byPrincipals({ principals: [] })),
  refused("access: a principal twice", "spec.principals[1]", byPrincipals({ principals: [READER, READER] })),
  ...[
    "*",
    "210987654321",
    "arn:aws:iam::210987654321:root",
    "arn:aws:iam::210987654321:user/reader",
    "arn:aws:iam::*:role/reader",
    "arn:aws:iam::210987654321:role/*",
    "arn:aws:iam::210987654321:role/a*/reader",
    "arn:aws:iam::210987654321:role/a?/reader",
    "arn:aws:iam::210987654321:role/",
    `arn:aws:iam::210987654321:role/${"r".repeat(65)}`,
    "arn:aws:sts::210987654321:assumed-role/reader/session",
    "arn:aws:iam::210987654321:role/reader\n",
  ].map((arn) => refused(`access: principal ${JSON.stringify(arn)}`, "spec.principals[0]", principal(arn))),
  refused("access: principals with an identity", "spec", byPrincipals({ identity: "IRSA" })),
  refused("access: principals with a role", "spec.role", byPrincipals({ role: { type: "Own" } })),
  refused("access: principals with an annotation", "spec", byPrincipals({ annotateServiceAccount: false })),
  refused("access: identity unknown", "spec.identity", access({ identity: "Key" })),
  refused("access: a shared role with IRSA", "spec.role.type", access({ identity: "IRSA", role: { type: "Shared" } })),
  refused(
    "access: annotation with Pod Identity",
    "spec.annotateServiceAccount",
    access({ identity: "PodIdentity", annotateServiceAccount: true }),
  ),
  accepted("access: several service accounts", access({ serviceAccountRefs: [{ name: "a" }, { name: "b" }] })),
  refused(
    "access: eleven service accounts",
    "spec.serviceAccountRefs",
    access({ serviceAccountRefs: Array.from({ length: 11 }, (_, index) => ({ name: `a${index}` })) }),
  ),
  accepted("access: an external bucket", external()),
  accepted(
    "access: an external bucket with everything",
    external({ accountId: "210987654321", kmsKeyArn: KEY }, { accountRef: { name: "data" } }),
  ),
  refused("access: a bucket and a bucketRef", "spec", access({ bucket: { name: "docs", region: "eu-central-1" } })),
  refused("access: an external bucket without region", "spec.bucket.region", external({ region: undefined })),
  ...["Docs", "*", "docs/..", "d", "arn:aws:s3:::docs", "a..b"].map((name) =>
    refused(`access: an external bucket named ${name}`, "spec.bucket.name", external({ name })),
  ),
  refused(
    "access: a key of another region",
    "spec.bucket.kmsKeyArn",
    external({ region: "eu-west-1", kmsKeyArn: KEY }),
  ),
  ...["*", "alias/data", KEY.replace("key/", "alias/")].map((kmsKeyArn) =>
    refused(`access: external key ${kmsKeyArn}`, "spec.bucket.kmsKeyArn", external({ kmsKeyArn })),
  ),
  refused("access: an external bucket in no region", "spec.bucket.region", external({ region: "europe" })),
  refused(
    "access: an external bucket of a named account",
    "spec.bucket.accountId",
    external({ accountId: "acme-account" }),
  ),
  refused("access: account of a bucketRef", "spec.accountRef", access({ accountRef: { name: "data" } })),
  refused(
    "access: principals on an external bucket",
    "spec.principals",
    external({}, { serviceAccountRefs: undefined, principals: [READER] }),
  ),
  accepted("access: an existing role", access({ role: { arn: READER } })),
  accepted(
    "access: managed policies",
    access({
      role: {
        policyArns: ["arn:aws:iam::aws:policy/AmazonSQSFullAccess", "arn:aws:iam::210987654321:policy/team/queue"],
      },
    }),
  ),
  refused(
    "access: an existing role with policies",
    "spec.role.arn",
    access({ role: { arn: READER, policyArns: [POLICY] } }),
  ),
  refused("access: an existing role as shared", "spec.role.arn", access({ role: { arn: READER, type: "Shared" } })),
  refused(
    "access: a shared role with policies",
    "spec.role.policyArns",
    access({ role: { type: "Shared", policyArns: [POLICY] } }),
  ),
  ...["*", "arn:aws:iam::*:role/reader", "arn:aws:iam::210987654321:role/*", "arn:aws:iam::210987654321:user/u"].map(
    (arn) => refused(`access: existing role ${arn}`, "spec.role.arn", access({ role: { arn } })),
  ),
  ...["*", "arn:aws:iam::*:policy/a", "arn:aws:iam::210987654321:policy/*", "arn:aws:iam::210987654321:role/r"].map(
    (arn) =>
      refused(`access: managed policy ${arn}`, "spec.role.policyArns[0]", access({ role: { policyArns: [arn] } })),
  ),
  accepted("access: a web identity", byWebIdentity()),
  accepted("access: a web identity with policies", byWebIdentity({}, { role: { policyArns: [POLICY] } })),
  ...["repo:acme/shop:*", "repo:acme/sho?:ref", "${aws:username}", "", "a b"].map((subject) =>
    refused(
      `access: web identity of subject '${subject}'`,
      "spec.webIdentity.subjects[0]",
      byWebIdentity({ subjects: [subject] }),
    ),
  ),
  refused(
    "access: web identity of a SAML provider",
    "spec.webIdentity.providerArn",
    byWebIdentity({ providerArn: "arn:aws:iam::111122223333:saml-provider/acme" }),
  ),
  refused("access: web identity of any audience", "spec.webIdentity.audience", byWebIdentity({ audience: "*" })),
  refused("access: web identity with a shared role", "spec.role", byWebIdentity({}, { role: { type: "Shared" } })),
  refused("access: web identity with an existing role", "spec.role", byWebIdentity({}, { role: { arn: READER } })),
  refused("access: web identity with an identity", "spec", byWebIdentity({}, { identity: "IRSA" })),
  refused(
    "access: web identity and service account",
    "spec",
    byWebIdentity({}, { serviceAccountRefs: [{ name: "app" }] }),
  ),
  accepted(
    "access: config map with its own keys and metadata",
    access({
      configMap: { keys: { S3_BUCKET: "BUCKET_NAME" }, labels: { app: "shop" }, annotations: { "example.com/a": "b" } },
    }),
  ),
  refused(
    "access: config map with an unknown output",
    "spec.configMap.keys.A",
    access({ configMap: { keys: { A: "SECRET" } } }),
  ),
  refused(
    "access: config map with a key as a path",
    "spec.configMap.keys",
    access({ configMap: { keys: { "../a": "BUCKET_NAME" } } }),
  ),
  ...["labels", "annotations"].flatMap((field) =>
    ["s3-operator.io/owner", "app.kubernetes.io/managed-by", "a b"].map((key) =>
      refused(
        `access: config map with ${field} '${key}'`,
        `spec.configMap.${field}`,
        access({ configMap: { [field]: { [key]: "x" } } }),
      ),
    ),
  ),
  refused(
    "access: config map with an invalid label value",
    "spec.configMap.labels[app]",
    access({ configMap: { labels: { app: "a b" } } }),
  ),
  refused("access: config map as a path", "spec.configMap.name", access({ configMap: { name: "a/b" } })),
  refused("access: config map with adjacent periods", "spec.configMap.name", access({ configMap: { name: "a..b" } })),
];

const NOW_CROSS = { name: "docs", namespace: "team-b" };

export const ACCESS_EDITS: Row[] = [
  {
    name: "access: edit: all that may be edited",
    before: access({ identity: "IRSA" }),
    spec: access({
      grants: [{ prefix: "*", permissions: ["List"] }],
      serviceAccountRefs: [{ name: "web" }],
      identity: "PodIdentity",
      role: { type: "Shared" },
      configMap: { name: "web" },
    }),
  },
  {
    name: "access: edit: principals",
    before: byPrincipals(),
    spec: byPrincipals({ principals: [`${READER}2`] }),
  },
  {
    name: "access: edit: bucket",
    before: access(),
    spec: access({ bucketRef: { name: "other" } }),
    refusedAt: "spec.bucketRef",
  },
  {
    name: "access: edit: namespace of the bucket added",
    before: access(),
    spec: access({ bucketRef: NOW_CROSS }),
    refusedAt: "spec.bucketRef",
  },
  {
    name: "access: edit: namespace of the bucket removed",
    before: access({ bucketRef: NOW_CROSS }),
    spec: access(),
    refusedAt: "spec.bucketRef",
  },
  {
    name: "access: edit: from service account to principals",
    before: access(),
    spec: byPrincipals(),
    refusedAt: "spec",
  },
  {
    name: "access: edit: from principals to service account",
    before: byPrincipals(),
    spec: access(),
    refusedAt: "spec",
  },
  {
    name: "access: edit: from an S3Bucket to an external bucket",
    before: access(),
    spec: external(),
    refusedAt: "spec",
  },
  {
    name: "access: edit: external bucket",
    before: external(),
    spec: external({ name: "other" }),
    refusedAt: "spec.bucket",
  },
  {
    name: "access: edit: account added",
    before: external(),
    spec: external({}, { accountRef: { name: "data" } }),
    refusedAt: "spec",
  },
  {
    name: "access: edit: account",
    before: external({}, { accountRef: { name: "data" } }),
    spec: external({}, { accountRef: { name: "other" } }),
    refusedAt: "spec.accountRef",
  },
];

const consent = (allowedNamespaces: Spec): Spec => ({ access: { rules: [{ namespaces: allowedNamespaces }] } });
const expression = (requirement: Spec): Spec =>
  consent({ selector: { matchExpressions: [{ key: "team", ...requirement }] } });
const CONSENT = "spec.access.rules[0].namespaces";
const VALUES = `${CONSENT}.selector.matchExpressions[0].values`;

/** Rows of S3Buckets. */
export const CONSENT_ROWS: Row[] = [
  accepted("consent: no other namespace", { access: {} }),
  accepted("consent: by name", consent({ names: ["team-b", "1"] })),
  accepted("consent: by label", consent({ selector: { matchLabels: { team: "b" } } })),
  accepted("consent: by expression", expression({ operator: "In", values: ["b", "c"] })),
  accepted("consent: everybody", consent({ selector: {} })),
  accepted("consent: with a measure", {
    access: {
      rules: [
        { namespaces: { names: ["b"] }, permissions: ["Read", "List"], prefixes: ["curated/"], principals: true },
      ],
    },
  }),
  ...["curated", "/curated/", "*"].map((prefix) =>
    refused(`consent: prefix '${prefix}'`, "spec.access.rules[0].prefixes[0]", {
      access: { rules: [{ namespaces: { names: ["b"] }, prefixes: [prefix] }] },
    }),
  ),
  refused("consent: by name and label", CONSENT, consent({ names: [], selector: {} })),
  refused("consent: neither names nor selector", CONSENT, consent({})),
  refused("consent: by pattern", `${CONSENT}.names[0]`, consent({ names: ["*"] })),
  refused("consent: In without values", VALUES, expression({ operator: "In" })),
  refused("consent: Exists with values", VALUES, expression({ operator: "Exists", values: ["b"] })),
];
