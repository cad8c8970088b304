import type { Role, Tag } from "@aws-sdk/client-iam";
import { describe, expect, test } from "vitest";
import type { PolicyDocument } from "../../../aws/policy/document.ts";
import { iamError } from "../../../aws/testing/sdk-errors.ts";
import { failureIn } from "../../../reconcile/outcome.ts";
import type { WritablePart } from "../../../reconcile/part.ts";
import { fakeRole, type FakeRole } from "../../testing/role-client.ts";
import type { DesiredRole } from "../desired.ts";
import { freshRole } from "./create.ts";
import type { RoleObservation } from "./observe.ts";
import { roleParts, type OwnRole } from "./parts.ts";

const BOUNDARY = "arn:aws:iam::111122223333:policy/boundary";
const SQS = "arn:aws:iam::111122223333:policy/sqs";
const OTHER = "arn:aws:iam::111122223333:policy/other";
const TRUST: PolicyDocument = { Version: "2012-10-17", Statement: [] };
const PERMISSIONS: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/*" }],
};
const DESIRED: DesiredRole = {
  name: "app",
  arn: "arn:aws:iam::111122223333:role/app",
  path: "/",
  trust: TRUST,
  permissionsBoundaryArn: BOUNDARY,
  tags: { "s3-operator.io/cluster": "prod", team: "docs" },
  policyNames: ["docs"],
  policyArns: { wanted: [SQS], allowed: [SQS] },
};
const DECLARED: RoleObservation = {
  ...freshRole(DESIRED),
  permissions: JSON.stringify(PERMISSIONS),
  policies: { inline: ["docs"], attached: [SQS] },
};

const NAMES = [
  "otherPolicies",
  "permissionsBoundary",
  "trust",
  "permissions",
  "attachedPolicies",
  "maxSessionDuration",
  "tags",
] as const;

function partsOf(recorded: FakeRole, observed: RoleObservation, own: Partial<OwnRole> = {}) {
  const parts = roleParts(
    {
      client: recorded.client,
      desired: DESIRED,
      policyName: "docs",
      permissions: PERMISSIONS,
      appliedTagKeys: [],
      spared: { policyNames: [], policyArns: [] } as unknown as OwnRole["spared"],
      ...own,
    },
    observed,
  );
  const part = (name: (typeof NAMES)[number]): WritablePart => {
    const found = parts.find((each) => each.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  return { parts, part };
}

const withRole = (role: Partial<Role>): RoleObservation => ({ ...DECLARED, role: { ...DECLARED.role, ...role } });
const withTags = (tags: Record<string, string>) =>
  withRole({ Tags: Object.entries(tags).map(([Key, Value]): Tag => ({ Key, Value })) });

interface Case {
  part: (typeof NAMES)[number];
  observed: RoleObservation;
  own?: Partial<OwnRole>;
  paths: string[];
  calls: FakeRole["calls"];
}

const { permissionsBoundaryArn: _, ...UNBOUNDED } = DESIRED;
const CASES: Record<string, Case> = {
  "an inline policy that no BucketAccess asks for": {
    part: "otherPolicies",
    observed: { ...DECLARED, policies: { inline: ["docs", "admin"], attached: [SQS, OTHER] } },
    paths: ["[admin]", `[${OTHER}]`],
    calls: [
      ["DeleteRolePolicy", { PolicyName: "admin" }],
      ["DetachRolePolicy", { PolicyArn: OTHER }],
    ],
  },
  "another boundary": {
    part: "permissionsBoundary",
    observed: withRole({ PermissionsBoundary: { PermissionsBoundaryArn: OTHER } }),
    paths: [""],
    calls: [["PutRolePermissionsBoundary", { PermissionsBoundary: BOUNDARY }]],
  },
  "a boundary that the AWSAccount does not name": {
    part: "permissionsBoundary",
    observed: DECLARED,
    own: { desired: UNBOUNDED },
    paths: [""],
    calls: [["DeleteRolePermissionsBoundary", {}]],
  },
  "another trust policy": {
    part: "trust",
    observed: withRole({ AssumeRolePolicyDocument: JSON.stringify(PERMISSIONS) }),
    paths: expect.any(Array) as string[],
    calls: [["UpdateAssumeRolePolicy", { PolicyDocument: JSON.stringify(TRUST) }]],
  },
  "no inline policy": {
    part: "permissions",
    observed: { ...DECLARED, permissions: undefined },
    paths: expect.any(Array) as string[],
    calls: [["PutRolePolicy", { PolicyName: "docs", PolicyDocument: JSON.stringify(PERMISSIONS) }]],
  },
  "a managed policy that is not attached": {
    part: "attachedPolicies",
    observed: { ...DECLARED, policies: { inline: ["docs"], attached: [] } },
    paths: [`[${SQS}]`],
    calls: [["AttachRolePolicy", { PolicyArn: SQS }]],
  },
  "a longer session": {
    part: "maxSessionDuration",
    observed: withRole({ MaxSessionDuration: 43_200 }),
    paths: [""],
    calls: [["UpdateRole", { MaxSessionDuration: 3_600 }]],
  },
  "another value of a tag": {
    part: "tags",
    observed: withTags({ ...DESIRED.tags, team: "media" }),
    paths: ["team"],
    calls: [["TagRole", { Tags: [{ Key: "team", Value: "docs" }] }]],
  },
  "a missing tag": {
    part: "tags",
    observed: withTags({ team: "docs" }),
    paths: ["s3-operator.io/cluster"],
    calls: [["TagRole", { Tags: [{ Key: "s3-operator.io/cluster", Value: "prod" }] }]],
  },
  "a tag that the operator wrote before, removed first": {
    part: "tags",
    observed: withTags({ "s3-operator.io/cluster": "prod", former: "x" }),
    own: { appliedTagKeys: ["former", "team", "gone"] },
    paths: ["team", "former"],
    calls: [
      ["UntagRole", { TagKeys: ["former"] }],
      ["TagRole", { Tags: [{ Key: "team", Value: "docs" }] }],
    ],
  },
};

test("what bounds the role is written before what it may do", () => {
  expect(partsOf(fakeRole(), DECLARED).parts.map(({ name }) => name)).toEqual(NAMES);
});

test("a role that is as declared has no change, as has a new one but for its policies", () => {
  const changed = (observed: RoleObservation) =>
    partsOf(fakeRole(), observed).parts.flatMap(({ name, changes }) => (changes.length > 0 ? [name] : []));
  expect(changed(DECLARED)).toEqual([]);
  expect(changed(freshRole(DESIRED))).toEqual(["permissions", "attachedPolicies"]);
});

test.for(Object.entries(CASES))(
  "%s is drift, and is written",
  async ([, { part: name, observed, own, paths, calls }]) => {
    const recorded = fakeRole();
    const { parts, part } = partsOf(recorded, observed, own);
    expect(parts.filter(({ changes }) => changes.length > 0).map((each) => each.name)).toEqual([name]);
    expect(part(name).changes.map(({ path }) => path)).toEqual(paths);
    await part(name).write();
    expect(recorded.calls).toEqual(calls);
  },
);

describe("stays:", () => {
  test.each([
    ["a tag of another user", withTags({ ...DESIRED.tags, cost: "1" }), {}],
    [
      "a tag of the owner that status lists",
      withTags({ ...DESIRED.tags, "s3-operator.io/x": "1" }),
      { appliedTagKeys: ["s3-operator.io/x"] },
    ],
    ["policies that were not read", { ...DECLARED, policies: undefined }, {}],
    [
      "policies that a BucketAccess asks for which the watch does not have yet",
      { ...DECLARED, policies: { inline: ["docs", "new"], attached: [SQS, OTHER] } },
      { spared: { policyNames: ["new"], policyArns: [OTHER] } as unknown as OwnRole["spared"] },
    ],
    ["the default of the session duration", withRole({ MaxSessionDuration: undefined }), {}],
  ])("%s", (_what, observed, own) => {
    expect(partsOf(fakeRole(), observed, own).parts.flatMap(({ changes }) => changes)).toEqual([]);
  });
});

test("managed policies are attached only after the boundary is there", async () => {
  const recorded = fakeRole();
  const unbounded = withRole({ PermissionsBoundary: undefined });
  const { part } = partsOf(recorded, { ...unbounded, policies: { inline: ["docs"], attached: [] } });
  const error = await Promise.resolve(part("attachedPolicies").write()).catch((thrown: unknown) => thrown);
  expect(failureIn(error)?.reason).toBe("Settling");
  expect(recorded.calls).toEqual([]);
  await part("permissionsBoundary").write();
  await part("attachedPolicies").write();
  expect(recorded.calls.map(([operation]) => operation)).toEqual(["PutRolePermissionsBoundary", "AttachRolePolicy"]);
});

test.for(Object.entries(CASES))("a denial names the action: %s", async ([, { part: name, observed, own, calls }]) => {
  for (const [denied] of calls) {
    const refuse = (operation: string) => (operation === denied ? iamError("AccessDenied", 403) : {});
    const { part } = partsOf(fakeRole(refuse), observed, own);
    const error = await Promise.resolve(part(name).write()).catch((thrown: unknown) => thrown);
    expect(failureIn(error)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining(`iam:${denied}`) as string,
    });
  }
});

test("what is to be removed may be gone already", async () => {
  const gone = (operation: string) => (/^(Delete|Detach)/.test(operation) ? iamError("NoSuchEntity", 404) : {});
  for (const { part: name, observed, own, calls } of Object.values(CASES)) {
    if (!calls.every(([operation]) => /^(Delete|Detach)/.test(operation))) continue;
    const recorded = fakeRole(gone);
    await partsOf(recorded, observed, own).part(name).write();
    expect(recorded.calls).toEqual(calls);
  }
});
