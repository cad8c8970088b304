import { describe, expect, test } from "vitest";
import type { PolicyStatement, S3BucketSpec } from "../../api/types.ts";
import { MAX_POLICY_BYTES, type Statement } from "../../aws/policy/document.ts";
import { SettingRefused } from "../failure.ts";
import { failing, fakeBucket, sdkError } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { policy as setting } from "./policy.ts";

const READER = "arn:aws:iam::444455556666:role/reader";
const READ: Statement = {
  Sid: "S3OperatorSpecRead",
  Effect: "Allow",
  Principal: { AWS: READER },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::docs/*",
};
const FOREIGN: Statement = { ...READ, Sid: "Theirs" };
const NAMELESS: Statement = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::docs" };

function document(...Statement: Statement[]) {
  return { Version: "2012-10-17", Statement };
}

function keep(...statements: Statement[]) {
  return { statements, pausedSids: [], unmanagedStatements: "Keep" };
}

function paths(desired: unknown, observed: unknown): string[] {
  return setting.diff(desired, observed).map(({ path }) => path);
}

describe("desired", () => {
  const sids = (spec: S3BucketSpec["policy"], baseline: boolean) => {
    const wanted = setting.desired(spec === undefined ? {} : { policy: spec }, settingContextWith({ baseline }));
    return (wanted as { statements: Statement[] } | undefined)?.statements.map(({ Sid }) => Sid);
  };
  const TRANSPORT = ["S3OperatorDenyInsecureTransport", "S3OperatorDenyOldTLS"];

  test.each([
    ["nothing", undefined, false, undefined],
    ["the baseline", undefined, true, TRANSPORT],
    ["an empty spec", {}, false, []],
    ["an empty spec on the baseline", {}, true, TRANSPORT],
    ["a spec against the baseline", { minimumTLSVersion: "None" as const }, true, []],
    [
      "a statement on the baseline",
      {
        statements: [{ sid: "Read", effect: "Allow" as const, principals: { aws: ["*"] }, actions: ["s3:GetObject"] }],
      },
      true,
      [...TRANSPORT, "S3OperatorSpecRead"],
    ],
  ])("%s", (_case, spec, baseline, expected) => {
    expect(sids(spec, baseline)).toEqual(expected);
  });

  test("what BucketAccesses ask for is declared, also where nothing else is", () => {
    const contributedStatements = [{ ...READ, Sid: "S3OperatorAccess0n1" }];
    const wanted = setting.desired({}, settingContextWith({ contributedStatements }));
    expect(wanted).toMatchObject({ statements: contributedStatements, unmanagedStatements: "Keep" });
  });

  test("those of BucketAccesses that are paused stay as they are, with whatever else is written", async () => {
    const pausedSids = ["S3OperatorAccess0n"];
    const wanted = setting.desired({}, settingContextWith({ pausedSids }));
    const paused = { ...READ, Sid: "S3OperatorAccess0n1" };
    const other = { ...READ, Sid: "S3OperatorAccess1n1" };
    expect(setting.diff(wanted, { Statement: [paused] })).toEqual([]);
    expect(setting.diff(wanted, { Statement: [paused, other] })).toMatchObject([
      { path: "statements[S3OperatorAccess1n1]", desired: "" },
    ]);
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, wanted, { Statement: [paused, other] });
    expect(calls.map(({ input }) => JSON.parse((input as { Policy: string }).Policy) as unknown)).toEqual([
      { Statement: [paused] },
    ]);
  });

  test("statements of others stay, unless told otherwise", () => {
    const context = settingContextWith();
    expect(setting.desired({ policy: {} }, context)).toMatchObject({ unmanagedStatements: "Keep" });
    const spec = { policy: { unmanagedStatements: "Remove" } } as const;
    expect(setting.desired(spec, context)).toMatchObject({ unmanagedStatements: "Remove" });
  });
});

describe("what is refused, before any call", () => {
  const withStatement = (statement: Partial<PolicyStatement>): S3BucketSpec => ({
    policy: { statements: [{ sid: "X", effect: "Deny", principals: { aws: ["*"] }, ...statement }] },
  });

  async function refusal(spec: S3BucketSpec, overrides: Parameters<typeof settingContextWith>[0] = {}) {
    const { bucket, calls } = fakeBucket();
    const wanted = setting.desired(spec, settingContextWith(overrides));
    const error: unknown = await setting.write(bucket, wanted, document()).catch((error: unknown) => error);
    expect(calls).toHaveLength(error === undefined ? 1 : 0);
    return error;
  }

  test("a statement that would lock out the operator, with advice", async () => {
    const error = await refusal(withStatement({ actions: ["s3:*"] }));
    expect(error).toMatchObject({ name: "SettingRefused", reason: "PolicyLocksOut" });
    const { message } = error as Error;
    expect(message).toContain("'S3OperatorSpecX' would deny the operator s3:GetBucketPolicy");
    expect(message).toContain("arn:aws:iam::111122223333:role/operator and arn:aws:iam::111122223333:role/*/operator");
  });

  test("not one with the condition that the refusal asks for", async () => {
    const values = ["arn:aws:iam::111122223333:role/operator", "arn:aws:iam::111122223333:role/*/operator"];
    const conditions = [{ operator: "ArnNotLike", key: "aws:PrincipalArn", values }];
    expect(await refusal(withStatement({ actions: ["s3:*"], conditions }))).toBeUndefined();
  });

  test("enforcement without a declared encryption", async () => {
    const spec = { policy: { enforceEncryption: true } };
    const message = expect.stringContaining("set spec.encryption.sseAlgorithm, or spec.baseline to Secure");
    expect(await refusal(spec)).toMatchObject({ reason: "EncryptionNotDeclared", message });
    expect(paths(setting.desired(spec, settingContextWith()), document())).toEqual(["enforceEncryption"]);
    expect(await refusal(spec, { baseline: true })).toBeUndefined();
    expect(await refusal({ ...spec, encryption: { sseAlgorithm: "aws:kms" } })).toBeUndefined();
  });
});

describe("encryption to enforce", () => {
  const enforced = (spec: S3BucketSpec, overrides: Parameters<typeof settingContextWith>[0]) => {
    const wanted = setting.desired({ policy: { enforceEncryption: true }, ...spec }, settingContextWith(overrides));
    return JSON.stringify((wanted as { statements: Statement[] }).statements);
  };

  test("is the baseline's where the spec says nothing", () => {
    expect(enforced({}, { baseline: true })).toContain('"s3:x-amz-server-side-encryption":"AES256"');
  });

  test("is the spec's, with the key that its alias stands for", () => {
    const encryption = { sseAlgorithm: "aws:kms:dsse", kmsKey: { alias: "alias/docs" } } as const;
    const text = enforced({ encryption }, { baseline: true, kmsKeyArn: "arn:aws:kms:::key/a" });
    expect(text).toContain('"s3:x-amz-server-side-encryption":"aws:kms:dsse"');
    expect(text).toContain('"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:::key/a"');
  });
});

describe("observe", () => {
  test("the policy, with unknown elements", async () => {
    const Policy = JSON.stringify({ Version: "2008-10-17", Id: "theirs", Statement: { ...FOREIGN, Future: 1 } });
    const { bucket, calls } = fakeBucket(() => ({ Policy }));
    expect(await setting.observe(bucket)).toEqual({
      Version: "2008-10-17",
      Id: "theirs",
      Statement: [{ ...FOREIGN, Future: 1 }],
    });
    expect(calls).toEqual([{ command: "GetBucketPolicyCommand", input: bucket.ref }]);
  });

  test("none", async () => {
    const { bucket } = fakeBucket(failing("NoSuchBucketPolicy", 404));
    expect(await setting.observe(bucket)).toEqual(document());
  });
});

describe("diff finds nothing in", () => {
  test.each([
    ["statements of others", keep(READ), document(FOREIGN, READ, NAMELESS)],
    ["no statement wanted, and none of ours", keep(), document(FOREIGN)],
    [
      "AWS's own spelling",
      keep(READ),
      document({ ...READ, Action: ["s3:getobject"], Resource: ["arn:aws:s3:::docs/*"] }),
    ],
    ["another version and id", keep(READ), { ...document(READ), Version: "2008-10-17", Id: "theirs" }],
    [
      "statements in another order",
      keep(READ, { ...READ, Sid: "S3OperatorB" }),
      document({ ...READ, Sid: "S3OperatorB" }, READ),
    ],
  ])("%s", (_case, desired, observed) => {
    expect(setting.diff(desired, observed)).toEqual([]);
  });
});

describe("diff finds", () => {
  test.each([
    ["a statement that is gone", document(), ["statements[S3OperatorSpecRead]"]],
    ["one that was changed", document({ ...READ, Effect: "Deny" }), ["statements[S3OperatorSpecRead]"]],
    [
      "a principal that was deleted and made anew, which AWS shows by its unique id",
      document({ ...READ, Principal: { AWS: "AROAEXAMPLE" } }),
      ["statements[S3OperatorSpecRead]"],
    ],
    [
      "one of ours that is no longer wanted",
      document(READ, { ...READ, Sid: "S3OperatorOld" }),
      ["statements[S3OperatorOld]"],
    ],
    ["one that stands twice", document(READ, READ), ["statements[S3OperatorSpecRead]"]],
  ])("%s", (_case, observed, expected) => {
    expect(paths(keep(READ), observed)).toEqual(expected);
  });

  test("statements of other writers that are to be removed, without a Sid by number", () => {
    const desired = { statements: [READ], pausedSids: [], unmanagedStatements: "Remove" };
    expect(paths(desired, document(FOREIGN, READ, NAMELESS))).toEqual(["statements[#1]", "statements[Theirs]"]);
  });

  test("what is there, and what is not", () => {
    const [added] = setting.diff(keep(READ), document());
    expect(added).toMatchObject({ desired: expect.stringContaining("s3:getobject"), actual: "" });
    const [removed] = setting.diff(keep(), document(READ));
    expect(removed).toMatchObject({ desired: "", actual: expect.stringContaining("s3:getobject") });
  });
});

describe("write", () => {
  async function written(desired: unknown, observed: unknown) {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, desired, observed);
    expect(calls).toHaveLength(1);
    const { command, input } = calls[0] ?? { command: "", input: {} };
    const { Policy, ...rest } = input as { Policy?: string };
    expect(rest).toEqual(bucket.ref);
    return { command, policy: Policy === undefined ? undefined : (JSON.parse(Policy) as unknown) };
  }

  test("sends statements of other writers unchanged, then the operator's", async () => {
    const observed = {
      Version: "2008-10-17",
      Id: "theirs",
      Statement: [{ ...READ, Effect: "Deny" }, FOREIGN, NAMELESS],
    };
    expect(await written(keep(READ), observed)).toEqual({
      command: "PutBucketPolicyCommand",
      policy: { Version: "2008-10-17", Id: "theirs", Statement: [FOREIGN, NAMELESS, READ] },
    });
  });

  test("sends only the operator's if others are to be removed", async () => {
    const desired = { statements: [READ], pausedSids: [], unmanagedStatements: "Remove" };
    expect(await written(desired, document(FOREIGN))).toEqual({
      command: "PutBucketPolicyCommand",
      policy: document(READ),
    });
  });

  test("deletes a policy without statements, which a Put may not be", async () => {
    expect(await written(keep(), document(READ))).toEqual({ command: "DeleteBucketPolicyCommand", policy: undefined });
  });

  test("refuses a policy above the limit before the call, including statements of other writers", async () => {
    const { bucket, calls } = fakeBucket();
    const bulky = { ...FOREIGN, Resource: "é".repeat(MAX_POLICY_BYTES / 2) };
    const refusal = setting.write(bucket, keep(READ), document(bulky));
    await expect(refusal).rejects.toThrow(SettingRefused);
    await expect(refusal).rejects.toMatchObject({ reason: "PolicyTooLarge" });
    expect(calls).toEqual([]);
  });
});

describe("a principal that does not exist at AWS", () => {
  const ACCESS: Statement = { ...READ, Sid: "S3OperatorAccess0n1" };
  const OLD: Statement = { ...READ, Sid: "S3OperatorAccess1n1" };

  async function writtenAfterRefusal(desired: unknown, observed: unknown, extra: object = {}): Promise<Statement[][]> {
    const { bucket, calls } = fakeBucket(({ input }) => {
      if (String(input["Policy"]).includes("S3OperatorAccess0")) {
        throw sdkError("MalformedPolicy", 400, { message: "Invalid principal in policy", ...extra });
      }
      return {};
    });
    const [principal] = "Detail" in extra ? [extra.Detail] : [READER];
    const refusals = [{ contributor: "S3OperatorAccess0n", principal }];
    await expect(setting.write(bucket, desired, observed)).rejects.toMatchObject({
      name: "ContributorsRefused",
      refusals,
    });
    return calls.map(({ input }) => (JSON.parse(String(input["Policy"])) as { Statement: Statement[] }).Statement);
  }

  test("of a new BucketAccess does not block the rest", async () => {
    const statements = await writtenAfterRefusal(keep(READ, OLD, ACCESS), document(FOREIGN, OLD));
    expect(statements).toEqual([
      [FOREIGN, READ, OLD, ACCESS],
      [FOREIGN, READ, OLD],
    ]);
  });

  test("is the only one left out if AWS names it", async () => {
    const named = { ...ACCESS, Principal: { AWS: "arn:aws:iam::444455556666:role/nobody" } };
    const other = { ...READ, Sid: "S3OperatorAccess2n1" };
    const Detail = "arn:aws:iam::444455556666:role/nobody";
    const statements = await writtenAfterRefusal(keep(READ, other, named), document(), { Detail });
    expect(statements).toEqual([
      [READ, other, named],
      [READ, other],
    ]);
  });

  test("nothing is written a second time where the rest is there", async () => {
    const statements = await writtenAfterRefusal(keep(READ, ACCESS), document(FOREIGN, READ));
    expect(statements).toEqual([[FOREIGN, READ, ACCESS]]);
  });
});

describe("statements of other writers that AWS refuses", () => {
  const answer = failing("MalformedPolicy", 400, { message: "Invalid principal in policy" });
  const { bucket } = fakeBucket(answer);

  test.each([{ Principal: { AWS: "AROAEXAMPLEEXAMPLE123" } }, { NotPrincipal: { AWS: ["AIDAEXAMPLEEXAMPLE123"] } }])(
    "a deleted principal, for which AWS takes no policy: %j",
    async (principal) => {
      const { Principal: _, ...rest } = FOREIGN;
      const write = setting.write(bucket, keep(READ), document({ ...rest, ...principal }));
      await expect(write).rejects.toMatchObject({
        reason: "InvalidPrincipal",
        message: expect.stringMatching(/'Theirs'.*\('A(RO|ID)AEXAMPLEEXAMPLE123'\)/) as unknown,
      });
    },
  );

  test("but not where the unknown principal is one of ours", async () => {
    await expect(setting.write(bucket, keep(READ), document(FOREIGN))).rejects.toMatchObject({
      name: "MalformedPolicy",
    });
  });
});

describe("variables, which only the version 2012-10-17 knows", () => {
  const TEAM: Statement = { ...READ, Resource: "arn:aws:s3:::docs/${aws:PrincipalTag/team}/*" };
  const old = (...Statement: Statement[]) => ({ Version: "2008-10-17", Statement });
  const sent = async (ours: Statement, observed: object) => {
    const { bucket, calls } = fakeBucket();
    await setting.write(bucket, keep(ours), observed);
    return (JSON.parse(calls[0]?.input.Policy as string) as { Version: string }).Version;
  };

  test("are a difference in an older policy, whose version is changed", async () => {
    expect(paths(keep(TEAM), old(FOREIGN, TEAM))).toEqual(["version"]);
    expect(paths(keep(TEAM), { Statement: [TEAM] })).toEqual(["version"]);
    expect(paths(keep(TEAM), document(TEAM))).toEqual([]);
    expect(await sent(TEAM, old(FOREIGN))).toBe("2012-10-17");
  });

  test("without any, the version stays", async () => {
    expect(paths(keep(READ), old(FOREIGN, READ))).toEqual([]);
    expect(await sent(READ, old(FOREIGN))).toBe("2008-10-17");
  });

  test("but not if that changes a statement of another writer", async () => {
    const theirs = { ...TEAM, Sid: "Theirs" };
    const write = setting.write(fakeBucket().bucket, keep(TEAM), old(theirs));
    await expect(write).rejects.toMatchObject({
      reason: "PolicyVersionConflict",
      message: expect.stringContaining("statement 'Theirs'") as unknown,
    });
  });
});

test("reset removes the operator's statements and keeps the rest", () => {
  const reset = setting.reset(document(FOREIGN, READ), settingContextWith());
  expect(paths(reset, document(FOREIGN, READ))).toEqual(["statements[S3OperatorSpecRead]"]);
  expect(setting.diff(reset, document(FOREIGN))).toEqual([]);
  expect(setting.reset(document(FOREIGN), settingContextWith())).toBeUndefined();
});

describe("report", () => {
  test("the size of the whole policy, and the statements of other writers", () => {
    const observed = document(FOREIGN, READ, NAMELESS);
    expect(setting.report?.(keep(READ), observed)).toEqual({
      policy: { bytes: JSON.stringify(observed).length, unmanagedStatements: ["#1", "Theirs"] },
    });
  });

  test("no policy has no bytes", () => {
    expect(setting.report?.(keep(), document())).toEqual({ policy: { bytes: 0, unmanagedStatements: [] } });
  });

  describe("statements that grant external access", () => {
    const home = { accountId: "111122223333" };
    const external = (observed: object, of: object = { home }) =>
      setting.report?.({ ...keep(), ...of }, observed).policy?.externalAccess;

    test("of others", () => {
      expect(external(document(FOREIGN, READ, NAMELESS, { ...NAMELESS, Effect: "Allow" }))).toEqual([
        { statement: "#1", access: "Public", principals: ["*"] },
        { statement: "Theirs", access: "OtherAccount", principals: ["arn:aws:iam::444455556666:role/reader"] },
      ]);
    });

    test("of no external principal", () => {
      const own = { ...FOREIGN, Principal: { AWS: "111122223333" } };
      expect(setting.report?.({ ...keep(), home }, document(READ, own)).policy).not.toHaveProperty("externalAccess");
    });

    test("of members of the declared organization are not external", () => {
      const organizationId = "o-a1b2c3d4e5";
      const members = { ...FOREIGN, Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } } };
      const wanted = setting.desired({ policy: { organizationId } }, settingContextWith());
      expect(external(document(members), wanted as object)).toBeUndefined();
      expect(external(document(members))).toHaveLength(1);
    });

    test("are not reported once the policy has left the spec", () => {
      expect(
        external(document(FOREIGN), setting.reset(document(READ), settingContextWith()) as object),
      ).toBeUndefined();
    });

    test("keep within the CRD's bounds", () => {
      const AWS = Array.from({ length: 11 }, (_, index) => `arn:aws:iam::444455556666:role/${"x".repeat(300)}${index}`);
      const many = Array.from({ length: 21 }, () => ({ ...FOREIGN, Principal: { AWS } }));
      const found = external(document(...many));
      expect(found).toHaveLength(20);
      expect(found?.[0]?.principals).toHaveLength(10);
      expect(found?.[0]?.principals?.[0]).toHaveLength(256);
    });
  });

  test("keeps within the CRD's bounds", () => {
    const many = Array.from({ length: 101 }, () => ({ ...FOREIGN, Sid: "x".repeat(300) }));
    const { unmanagedStatements } = setting.report?.(keep(), document(...many)).policy ?? {};
    expect(unmanagedStatements).toHaveLength(100);
    expect(unmanagedStatements?.[0]).toHaveLength(256);
  });
});

describe("toSpec", () => {
  const toSpec = (...statements: Statement[]) => setting.toSpec(document(...statements), settingContextWith());

  test("omits statements of other writers", () => {
    expect(toSpec(FOREIGN, NAMELESS)).toEqual({
      omitted: ["statement '#1' is not managed by s3-operator", "statement 'Theirs' is not managed by s3-operator"],
    });
    expect(toSpec()).toEqual({ omitted: [] });
  });

  test("exports the operator's statements as they were declared", () => {
    const policy = { minimumTLSVersion: "1.3" } as const;
    const { statements } = setting.desired({ policy }, settingContextWith()) as { statements: Statement[] };
    expect(toSpec(...statements, READ, FOREIGN).spec).toEqual({
      policy: {
        minimumTLSVersion: "1.3",
        statements: [
          {
            sid: "Read",
            effect: "Allow",
            principals: { aws: ["arn:aws:iam::444455556666:role/reader"] },
            actions: ["s3:GetObject"],
            resources: ["{bucket}/*"],
          },
        ],
      },
    });
  });

  test("omits all if one of them does not map to a field", () => {
    const { statements } = setting.desired({ policy: { organizationId: "o-a1b2c3d4e5" } }, settingContextWith()) as {
      statements: Statement[];
    };
    const { spec, omitted } = toSpec(...statements, READ);
    expect(spec).toBeUndefined();
    expect(omitted).toEqual([expect.stringContaining("S3OperatorDenyOutsideOrganization, S3OperatorSpecRead")]);
  });
});

test.each([
  [{ policy: { enforceEncryption: true } }, true],
  [{ policy: { enforceEncryption: false } }, false],
  [{}, false],
])("of %j: waits for the KMS key, rather than let other keys pass: %s", (spec, waits) => {
  expect(setting.usesKey?.(spec)).toBe(waits);
});
