import { describe, expect, test } from "vitest";
import { failing, fakeBucket, sdkError, type Call } from "../../testing/fake-bucket.ts";
import { thrownFailure, thrownOutcome } from "../../testing/thrown.ts";
import { obstacleOf, statementsDenying } from "./obstacle.ts";
import type { Refused } from "./tally.ts";

const NOW = Date.UTC(2026, 0, 1);
const REFUSED: Refused = { key: "a\n", versionId: "v1", error: sdkError("AccessDenied", 403) };

type Answers = Record<string, (call: Call) => unknown>;

async function look(answers: Answers, refused: Refused = REFUSED): Promise<never> {
  const { bucket } = fakeBucket((call) => answers[call.command]?.(call) ?? {});
  throw await obstacleOf(bucket, refused, NOW);
}

const retained = (Mode: string, until: number): Answers => ({
  GetObjectRetentionCommand: () => ({ Retention: { Mode, RetainUntilDate: new Date(until) } }),
});

describe("object lock", () => {
  test.each([
    ["GOVERNANCE", "a user with s3:BypassGovernanceRetention can"],
    ["COMPLIANCE", "No user can delete it earlier"],
  ])("%s: names mode and date", async (mode, advice) => {
    const outcome = await thrownOutcome(() => look(retained(mode, Date.UTC(2027, 0, 1))));
    expect(outcome).toMatchObject({ kind: "waiting", reason: "ObjectLocked", afterMs: 3_600_000 });
    const message = "message" in outcome ? outcome.message : "";
    expect(message).toContain(
      `Version v1 of object "a\\n" is protected by object lock in mode ${mode} until 2027-01-01`,
    );
    expect(message).toContain(advice);
  });

  test("rechecks at the end of a retention that ends soon", async () => {
    expect(await thrownOutcome(() => look(retained("GOVERNANCE", NOW + 60_000)))).toMatchObject({ afterMs: 60_000 });
  });

  test("ignores a retention that is over", async () => {
    expect(await thrownFailure(() => look(retained("COMPLIANCE", NOW)))).toMatchObject({ reason: "AccessDenied" });
  });

  test("reports a legal hold before a retention, which ends by itself", async () => {
    const hold = { GetObjectLegalHoldCommand: () => ({ LegalHold: { Status: "ON" } }) };
    expect(await thrownOutcome(() => look({ ...retained("GOVERNANCE", NOW + 1), ...hold }))).toMatchObject({
      terminal: true,
      reason: "ObjectOnLegalHold",
      retryAfterMs: 3_600_000,
    });
  });

  test("does not conclude from a denied read that there is none", async () => {
    const { message } = await thrownFailure(() => look({ GetObjectRetentionCommand: failing("AccessDenied", 403) }));
    expect(message).toContain("s3:GetObjectRetention");
  });
});

test("MFA delete", async () => {
  const outcome = await thrownOutcome(() => look({ GetBucketVersioningCommand: () => ({ MFADelete: "Enabled" }) }));
  expect(outcome).toMatchObject({ terminal: true, reason: "MFADeleteEnabled" });
});

describe("a denial", () => {
  /** Answers of S3 without object lock. */
  const UNLOCKED: Answers = {
    GetObjectRetentionCommand: failing("InvalidRequest", 400),
    GetObjectLegalHoldCommand: failing("NoSuchObjectLockConfiguration", 404),
  };
  const policy = (...Statement: object[]): Answers => {
    return { ...UNLOCKED, GetBucketPolicyCommand: () => ({ Policy: JSON.stringify({ Statement }) }) };
  };
  const deny = { Effect: "Deny", Principal: "*", Resource: "*" };

  test("names the action on all objects of the bucket", async () => {
    const failure = await thrownFailure(() =>
      look({ ...UNLOCKED, GetBucketPolicyCommand: failing("NoSuchBucketPolicy", 404) }),
    );
    expect(failure).toMatchObject({ reason: "AccessDenied", retryAfterMs: 300_000 });
    expect(failure.message).toContain('Object "a\\n" cannot be deleted');
    expect(failure.message).toContain('"Action":"s3:DeleteObjectVersion","Resource":"arn:aws:s3:::docs/*"');
  });

  test("names the statements of the bucket policy that may deny the action", async () => {
    const statements = policy({ ...deny, Sid: "Keep", Action: "s3:Delete*" }, { ...deny, Action: ["s3:*"] });
    const { message } = await thrownFailure(() => look(statements));
    expect(message).toContain("These statements of the bucket policy may deny it: Keep, #2.");
  });

  test("asks to remove the Deny statement if AWS names one", async () => {
    const message =
      "User: arn:aws:iam::111122223333:user/op is not authorized to perform: s3:DeleteObjectVersion on resource: " +
      '"arn:aws:s3:::docs/a" with an explicit deny in a resource-based policy';
    const error = Object.assign(sdkError("AccessDenied", 403), { message });
    const failure = await thrownFailure(() => look(policy(), { ...REFUSED, error }));
    expect(failure.message).toContain("Remove the Deny statement");
    expect(failure.message).toContain("arn:aws:iam::111122223333:user/op");
  });

  test("of an upload names s3:AbortMultipartUpload and does not read protections", async () => {
    const { key, error } = REFUSED;
    const { message } = await thrownFailure(() => look(policy({ ...deny, NotAction: "s3:Get*" }), { key, error }));
    expect(message).toContain("s3:AbortMultipartUpload");
    expect(message).toContain("#1");
  });
});

test("reports any other error with S3's message and the key", async () => {
  const error = Object.assign(sdkError("InvalidArgument", 400), { message: "Invalid version id specified" });
  const failure = await thrownFailure(() => look({}, { ...REFUSED, error }));
  expect(failure).toMatchObject({ reason: "Invalid" });
  expect(failure.message).toContain('Object "a\\n": ');
  expect(failure.message).toContain("Invalid version id specified");
});

test("finds statements that may deny an action by any letter case, wildcard or NotAction", () => {
  const about = (Effect: "Allow" | "Deny", part: object) => ({ Effect, ...part });
  const Statement = [
    about("Deny", { Sid: "exact", Action: "S3:deleteobjectversion" }),
    about("Deny", { Sid: "other", Action: ["s3:Put*", "s3:DeleteObject"] }),
    about("Allow", { Sid: "allow", Action: "*" }),
    about("Deny", { Sid: "except", NotAction: "s3:Get*" }),
    about("Deny", { Sid: "excepted", NotAction: ["s3:Delete*"] }),
    about("Deny", { Sid: "", Action: "s3:DeleteObject?ersion" }),
  ];
  expect(statementsDenying({ Statement }, "s3:DeleteObjectVersion")).toEqual(["exact", "except", "#6"]);
});
