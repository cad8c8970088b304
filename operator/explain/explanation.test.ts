import { describe, expect, test } from "vitest";
import { API_VERSION } from "../api/names.ts";
import type { BucketAccess, Grant } from "../api/types.ts";
import type { Statement } from "../aws/policy/document.ts";
import { explanationOf } from "./explanation.ts";
import type { Findings, KeyFindings, RoleFindings, Simulation } from "./findings.ts";
import { kmsRequest, s3Request, type Question } from "./question.ts";
import { render } from "./render.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/s3-operator/app`;
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1`;
const BUCKET = { name: "docs", arn: "arn:aws:s3:::docs", region: "eu-central-1", accountId: ACCOUNT };
const QUESTION: Question = {
  roleArn: ROLE,
  bucket: BUCKET,
  action: "s3:GetObject",
  key: "raw/a",
  prefix: undefined,
  vpcEndpoint: undefined,
};
const ALLOW: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/raw/*" };

function accessWith(
  grants: Grant[] = [{ prefix: "raw/", permissions: ["Read"] }],
  ready: Partial<{ status: "True" | "False"; message: string }> = {},
): BucketAccess {
  const condition = {
    type: "Ready",
    status: "True" as const,
    observedGeneration: 1,
    lastTransitionTime: "",
    reason: "Succeeded",
    message: "",
    ...ready,
  };
  return {
    apiVersion: API_VERSION,
    kind: "BucketAccess",
    metadata: { namespace: "team-a", name: "app", generation: 1 },
    spec: { bucketRef: { name: "docs" }, grants, serviceAccountRefs: [{ name: "app" }] },
    status: {
      bucketName: "docs",
      region: "eu-central-1",
      accountId: ACCOUNT,
      roles: [{ arn: ROLE }],
      conditions: [condition],
    },
  };
}

function findings(
  changes: Partial<Findings> = {},
  simulation: Findings["s3"]["simulation"] = { value: ALLOWED },
): Findings {
  const s3 = { request: s3Request(QUESTION), simulation };
  return {
    s3,
    foreign: undefined,
    association: undefined,
    trust: undefined,
    role: undefined,
    session: undefined,
    bucketPolicy: { value: { Statement: [] } },
    restrictedAsPublic: undefined,
    key: undefined,
    ...changes,
  };
}

const ALLOWED: Simulation = { allowed: true, missing: [] };
const DENIED: Simulation = { allowed: false, missing: [] };
const named = (...Statement: Statement[]) => ({ name: "policy 'p'", document: { Statement } });
const role = (changes: Partial<RoleFindings> = {}): RoleFindings => ({
  policies: { value: [named(ALLOW)] },
  boundary: { value: undefined },
  ...changes,
});
const explain = (found: Findings, access = accessWith(), question = QUESTION) =>
  explanationOf({ access, bucket: undefined, recorded: undefined, serviceAccount: undefined }, question, found);
const states = (found: Findings) => Object.fromEntries(explain(found).layers.map(({ name, state }) => [name, state]));

describe("the role's policies, by simulation and by reading them", () => {
  const simulated = (simulation: Simulation, changes: Partial<RoleFindings> = {}) =>
    findings({ role: role(changes) }, { value: simulation });
  const unread = { remedy: "allow iam:GetPolicy" };

  test.each<[string, Findings, string, Record<string, string>]>([
    ["allowed", findings(), "Allowed", { "identity policy": "allowed", "permissions boundary": "allowed" }],
    [
      "simulation denied, policies read",
      findings({ role: role() }, { remedy: "allow it" }),
      "Allowed",
      { "identity policy": "allowed", "permissions boundary": "allowed" },
    ],
    [
      "boundary denies, known from the simulation",
      simulated({ ...DENIED, allowedByBoundary: false }, { boundary: unread }),
      "Denied",
      { "identity policy": "allowed", "permissions boundary": "blocks" },
    ],
    [
      "boundary unknown",
      findings({ role: role({ boundary: unread }) }, { remedy: "allow it" }),
      "CannotTell",
      { "permissions boundary": "cannot tell" },
    ],
    [
      "boundary denies, known from reading it",
      findings(
        { role: role({ boundary: { value: named({ ...ALLOW, Action: "s3:PutObject" }) } }) },
        { remedy: "allow it" },
      ),
      "Denied",
      { "permissions boundary": "blocks" },
    ],
    [
      "policies unreadable, simulation denies",
      simulated(DENIED, { policies: unread }),
      "Denied",
      { "identity policy": "blocks", "permissions boundary": "allowed" },
    ],
    [
      "policies and boundary unreadable",
      simulated(DENIED, { policies: unread, boundary: unread }),
      "CannotTell",
      { "identity policy": "cannot tell", "permissions boundary": "cannot tell" },
    ],
    [
      "organization denies",
      simulated({ ...DENIED, allowedByOrganization: false }),
      "Denied",
      { organization: "blocks" },
    ],
    ["organization may deny", simulated(DENIED), "CannotTell", { organization: "cannot tell" }],
    [
      "condition key that the request lacks",
      simulated(
        { allowed: true, missing: ["aws:PrincipalOrgID"] },
        { policies: { value: [named({ ...ALLOW, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } })] } },
      ),
      "CannotTell",
      { "identity policy": "cannot tell" },
    ],
    [
      "no policy of the role, but the bucket policy allows it",
      findings(
        {
          role: role({ policies: { value: [] } }),
          bucketPolicy: { value: { Statement: [{ ...ALLOW, Principal: { AWS: ROLE } }] } },
        },
        { value: DENIED },
      ),
      "Allowed",
      { "identity policy": "allowed", "bucket policy": "allowed" },
    ],
  ])("%s", (_case, found, outcome, layers) => {
    expect({ outcome: explain(found).outcome, layers: states(found) }).toMatchObject({ outcome, layers });
  });
});

describe("KMS", () => {
  const use = {
    request: kmsRequest(QUESTION, "kms:Decrypt", KEY, true, "amazonaws.com"),
    simulation: { value: ALLOWED },
  };
  const root: Statement = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  const key = (changes: Partial<KeyFindings> = {}) =>
    findings({
      key: {
        value: {
          arn: KEY,
          state: { value: "Enabled" },
          isManagedByAws: false,
          policy: { value: { Statement: [root] } },
          use,
          ...changes,
        },
      },
    });
  const kms = (found: Findings) => explain(found).layers.find(({ name }) => name === "KMS");

  test.each<[string, Findings, string, string]>([
    ["no key", findings({ key: { value: undefined } }), "allowed", "without KMS"],
    ["delegated to the account", key(), "allowed", "allows kms:Decrypt"],
    ["not delegated", key({ policy: { value: { Statement: [] } } }), "blocks", "neither the role nor its account"],
    [
      "denied",
      key({ policy: { value: { Statement: [root, { ...root, Sid: "No", Effect: "Deny", Principal: "*" }] } } }),
      "blocks",
      "statement 'No'",
    ],
    [
      "depends on the request",
      key({
        policy: {
          value: { Statement: [{ ...root, Principal: "*", Condition: { StringEquals: { "aws:SourceIp": "1" } } }] },
        },
      }),
      "cannot tell",
      "aws:SourceIp",
    ],
    ["pending deletion", key({ state: { value: "PendingDeletion" } }), "blocks", "is PendingDeletion"],
    ["deleted", key({ state: { value: undefined } }), "blocks", "does not exist"],
    ["unreadable", key({ policy: { remedy: "allow kms:GetKeyPolicy" } }), "cannot tell", "cannot be read"],
    [
      "AWS managed key",
      key({ isManagedByAws: true, policy: { value: { Statement: [] } } }),
      "allowed",
      "AWS managed key",
    ],
    [
      "AWS managed key, role of another account",
      { ...key({ isManagedByAws: true }), foreign: "Role" },
      "blocks",
      "cannot be shared",
    ],
    [
      "role without permission for the key",
      { ...key({ use: { ...use, simulation: { remedy: "" } } }), role: role() },
      "blocks",
      "no policy of the role allows kms:Decrypt",
    ],
  ])("%s", (_case, found, state, detail) => {
    expect(kms(found)).toMatchObject({ state, detail: expect.stringContaining(detail) as string });
  });
});

describe("the grants", () => {
  const list = (prefix?: string): Question => ({ ...QUESTION, action: "s3:ListBucket", key: undefined, prefix });
  const listable = accessWith([{ prefix: "raw/", permissions: ["List"] }]);
  const denied = { ...findings({ role: role({ policies: { value: [] } }) }, { value: DENIED }) };

  test.each<[string, Question, BucketAccess, string]>([
    ["another key", { ...QUESTION, key: "b/c/d" }, accessWith(), '{prefix: "b/c/", permissions: [Read]}'],
    ["a key at the top", { ...QUESTION, key: "b" }, accessWith(), "only be granted by '*', the whole bucket"],
    ["another permission", { ...QUESTION, action: "s3:PutObject" }, accessWith(), "no grant includes Write"],
    ["a list without prefix", list(), listable, "list with prefix 'raw/'"],
    ["a list without the slash", list("raw"), listable, "list with prefix 'raw/'"],
    ["a list of another prefix", list("b/c"), listable, '{prefix: "b/", permissions: [List]}'],
    [
      "a list of versions of another prefix",
      { ...list("b/c"), action: "s3:ListBucketVersions" },
      accessWith([{ prefix: "raw/", permissions: ["ReadVersions"] }]),
      '{prefix: "b/", permissions: [ReadVersions]}',
    ],
    [
      "the bucket's region, without List",
      { ...list(), action: "s3:GetBucketLocation" },
      accessWith(),
      "no grant includes List, and it includes s3:GetBucketLocation. To do: add List to a grant in spec.grants",
    ],
    [
      "a list of uploads, with List on a prefix",
      { ...list(), action: "s3:ListBucketMultipartUploads" },
      listable,
      '{prefix: "*", permissions: [List]}',
    ],
    [
      "an action that no permission includes",
      { ...QUESTION, action: "s3:PutObjectAcl" },
      accessWith(),
      "no permission of a BucketAccess includes s3:PutObjectAcl",
    ],
  ])("%s: names the grants as the cause, although the role's policy denies it too", (_case, question, access, says) => {
    const { outcome, conclusion } = explain(denied, access, question);
    expect(outcome).toBe("Denied");
    expect(conclusion).toMatch(/^Denied by prefix: /);
    expect(conclusion).toContain(says);
  });

  test.each<[string, Question, Grant[]]>([
    ["the bucket's region", { ...list(), action: "s3:GetBucketLocation" }, [{ prefix: "raw/", permissions: ["List"] }]],
    ["uploads", { ...list(), action: "s3:ListBucketMultipartUploads" }, [{ prefix: "*", permissions: ["List"] }]],
    ["a version", { ...QUESTION, action: "s3:GetObjectVersion" }, [{ prefix: "raw/", permissions: ["ReadVersions"] }]],
    ["tags", { ...QUESTION, action: "s3:PutObjectTagging" }, [{ prefix: "raw/", permissions: ["Tag"] }]],
  ])("cover %s", (_case, question, grants) => {
    const { outcome, layers } = explain(findings(), accessWith(grants), question);
    expect(outcome).toBe("Allowed");
    expect(layers.at(-1)?.detail).toMatch(/^the grant of \w+ on '[^']+' covers it$/);
  });

  test.each<[string, Grant[], boolean]>([
    ["without List", [], true],
    ["with List on another prefix", [{ prefix: "b/", permissions: ["List"] }], true],
    ["with List on a prefix of the key", [{ prefix: "raw/", permissions: ["List"] }], false],
    ["with List on every key", [{ prefix: "*", permissions: ["List"] }], false],
  ])("say what a missing key answers, %s", (_case, more, forbidden) => {
    const { layers } = explain(findings(), accessWith([{ prefix: "raw/", permissions: ["Read"] }, ...more]));
    expect(layers.at(-1)?.detail.includes("403 and not 404")).toBe(forbidden);
  });

  test("allows what AWS allows without a grant, and says so", () => {
    const { outcome, layers } = explain(findings(), accessWith([{ prefix: "b/", permissions: ["Read"] }]));
    expect(outcome).toBe("Allowed");
    expect(layers.at(-1)?.detail).toContain("AWS allows it for another reason");
  });
});

describe("the ServiceAccount", () => {
  const recorded = {
    bucketName: "docs",
    region: "eu-central-1",
    bucketAccountId: ACCOUNT,
    accountId: ACCOUNT,
    role: { arn: ROLE, serviceAccount: "app" },
  };
  const metadata = { name: "app", annotations: { "eks.amazonaws.com/role-arn": `${ROLE}-2` } };
  const serviceAccount = { value: { apiVersion: "v1", kind: "ServiceAccount", metadata } };

  test("with the annotation of another role is the first layer, and the cause whatever else blocks", () => {
    const inCluster = { access: accessWith(), bucket: undefined, recorded, serviceAccount };
    const { layers, conclusion } = explanationOf(inCluster, { ...QUESTION, key: "b" }, findings());
    expect(layers[0]?.name).toBe("ServiceAccount");
    expect(conclusion).toContain(
      `Denied by ServiceAccount: the annotation of 'app' names another role, ${ROLE}-2. To do:`,
    );
  });
});

describe("a bucket that no S3Bucket manages", () => {
  const bucket = { name: "theirs", region: "eu-central-1", accountId: "444455556666" };
  const { bucketRef: _bucketRef, ...spec } = accessWith().spec;
  const access: BucketAccess = { ...accessWith(), spec: { ...spec, bucket } };

  test("of another account: has no layer S3Bucket, and its policy cannot be read", () => {
    const unreadable = { remedy: "ask account 444455556666" };
    const found = findings({ foreign: "Bucket", bucketPolicy: unreadable, restrictedAsPublic: unreadable });
    const { outcome, layers, conclusion } = explain(found, access);
    expect(outcome).toBe("CannotTell");
    expect(layers.map(({ name }) => name)).not.toContain("S3Bucket");
    expect(layers.find(({ name }) => name === "identity policy")?.state).toBe("allowed");
    expect(conclusion).toContain("To do: ask account 444455556666");
  });
});

test("prints a layer as one line without control characters, whatever its message contains", () => {
  const access = accessWith(undefined, { status: "False", message: "one\ntwo\u001b[31m\u202ethree" });
  const text = render(explain(findings(), access), { ...QUESTION, key: "raw/\n\u001b" });
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(text.split("\n").filter((line) => line.startsWith("BucketAccess "))).toHaveLength(1);
  expect(text).toContain("Succeeded: one two [31m three");
});
