/** BucketAccess, and the consent of an S3Bucket to BucketAccesses of other namespaces. */

import { accepted, refused, type Row, type Spec } from "./table.ts";

const READER = "arn:aws:iam::210987654321:role/reader";
const GRANT = { prefix: "raw/", permissions: ["Read"] };
const PREFIX = "spec.grants[0].prefix";

/** A valid spec for a ServiceAccount with these fields replaced; undefined removes one. */
const access = (changes: Spec = {}): Spec => ({
  bucketRef: { name: "docs" },
  grants: [GRANT],
  serviceAccountRef: { name: "api" },
  ...changes,
});
const byPrincipals = (changes: Spec = {}): Spec =>
  access({ serviceAccountRef: undefined, principals: [READER], ...changes });
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
        { prefix: "raw/", permissions: ["Read", "Write", "Delete", "List"] },
      ],
      serviceAccountRef: { name: "api.v2" },
      identity: "IRSA",
      role: "Own",
      annotateServiceAccount: true,
      configMapName: "docs-access.v2",
    }),
  ),
  accepted(
    "access: everything, with Pod Identity",
    access({ identity: "PodIdentity", role: "Shared", annotateServiceAccount: false }),
  ),
  accepted("access: annotation and role, the identity being the account's", {
    ...access({ annotateServiceAccount: true, role: "Shared" }),
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
  accepted(
    "access: users, sessions of a role, and accounts",
    byPrincipals({
      principals: [
        "arn:aws:iam::210987654321:root",
        "arn:aws:iam::210987654321:user/a/reader",
        "arn:aws-us-gov:sts::210987654321:assumed-role/reader/a.b@c",
      ],
    }),
  ),
  refused("access: bucketRef absent", "spec.bucketRef", access({ bucketRef: undefined })),
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

  refused("access: neither service account nor principals", "spec", access({ serviceAccountRef: undefined })),
  refused("access: both service account and principals", "spec", access({ principals: [READER] })),
  ...["../api", "team-b/api", "API", "api:x", "api.", "system:serviceaccount:a:b", "*"].map((name) =>
    refused(`access: service account ${name}`, "spec.serviceAccountRef.name", access({ serviceAccountRef: { name } })),
  ),
  refused(
    "access: service account of 254 characters",
    "spec.serviceAccountRef.name",
    access({ serviceAccountRef: { name: "a".repeat(254) } }),
  ),
  refused("access: no principals", "spec.principals", byPrincipals({ principals: [] })),
  refused("access: a principal twice", "spec.principals[1]", byPrincipals({ principals: [READER, READER] })),
  ...[
    "*",
    "210987654321",
    "arn:aws:iam::210987654321:roots",
    "arn:aws:iam::210987654321:root/x",
    "arn:aws:iam::*:root",
    "arn:aws:iam::210987654321:group/readers",
    "arn:aws:iam::210987654321:user/*",
    "arn:aws:iam::210987654321:user/${aws:username}",
    "arn:aws:sts::210987654321:assumed-role/reader",
    "arn:aws:sts::210987654321:assumed-role/reader/*",
    "arn:aws:sts::210987654321:assumed-role/*/session",
    "arn:aws:sts::210987654321:assumed-role/a/reader/session",
    "arn:aws:sts::210987654321:assumed-role/reader/s",
    "arn:aws:sts::210987654321:federated-user/reader",
    "arn:aws:iam::210987654321:assumed-role/reader/session",
    "arn:aws:sts::210987654321:role/reader",
    "AROAEXAMPLEEXAMPLE123",
    "arn:aws:iam::*:role/reader",
    "arn:aws:iam::210987654321:role/*",
    "arn:aws:iam::210987654321:role/a*/reader",
    "arn:aws:iam::210987654321:role/a?/reader",
    "arn:aws:iam::210987654321:role/",
    `arn:aws:iam::210987654321:role/${"r".repeat(65)}`,
    "arn:aws:iam::210987654321:role/reader\n",
  ].map((arn) => refused(`access: principal ${JSON.stringify(arn)}`, "spec.principals[0]", principal(arn))),
  refused("access: principals with an identity", "spec", byPrincipals({ identity: "IRSA" })),
  refused("access: principals with a role", "spec", byPrincipals({ role: "Own" })),
  refused("access: principals with an annotation", "spec", byPrincipals({ annotateServiceAccount: false })),
  refused("access: identity unknown", "spec.identity", access({ identity: "Key" })),
  refused("access: a shared role with IRSA", "spec.role", access({ identity: "IRSA", role: "Shared" })),
  refused(
    "access: annotation with Pod Identity",
    "spec.annotateServiceAccount",
    access({ identity: "PodIdentity", annotateServiceAccount: true }),
  ),
  refused("access: config map as a path", "spec.configMapName", access({ configMapName: "a/b" })),
  refused("access: config map with adjacent periods", "spec.configMapName", access({ configMapName: "a..b" })),
];

const NOW_CROSS = { name: "docs", namespace: "team-b" };

export const ACCESS_EDITS: Row[] = [
  {
    name: "access: edit: all that may be edited",
    before: access({ identity: "IRSA" }),
    spec: access({
      grants: [{ prefix: "*", permissions: ["List"] }],
      serviceAccountRef: { name: "web" },
      identity: "PodIdentity",
      role: "Shared",
      configMapName: "web",
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
];

const consent = (allowedNamespaces: Spec): Spec => ({ access: { allowedNamespaces } });
const expression = (requirement: Spec): Spec =>
  consent({ selector: { matchExpressions: [{ key: "team", ...requirement }] } });
const CONSENT = "spec.access.allowedNamespaces";
const VALUES = `${CONSENT}.selector.matchExpressions[0].values`;

/** Rows of S3Buckets. */
export const CONSENT_ROWS: Row[] = [
  accepted("consent: no other namespace", { access: {} }),
  accepted("consent: by name", consent({ names: ["team-b", "1"] })),
  accepted("consent: by label", consent({ selector: { matchLabels: { team: "b" } } })),
  accepted("consent: by expression", expression({ operator: "In", values: ["b", "c"] })),
  accepted("consent: everybody", consent({ selector: {} })),
  refused("consent: by name and label", CONSENT, consent({ names: [], selector: {} })),
  refused("consent: neither names nor selector", CONSENT, consent({})),
  refused("consent: by pattern", `${CONSENT}.names[0]`, consent({ names: ["*"] })),
  refused("consent: In without values", VALUES, expression({ operator: "In" })),
  refused("consent: Exists with values", VALUES, expression({ operator: "Exists", values: ["b"] })),
];
