import { expect, test } from "vitest";
import type { Statement } from "../../aws/policy/document.ts";
import { createLeftOut } from "./left-out.ts";

const UID = "uid";
const [GOOD, BAD] = ["S3OperatorAccess0n", "S3OperatorAccess1n"] as const;
const MINUTE_MS = 60_000;

function statement(contributor: string, Resource = "arn:aws:s3:::docs/*"): Statement {
  return {
    Sid: `${contributor}1`,
    Effect: "Allow",
    Principal: { AWS: "111122223333" },
    Action: "s3:GetObject",
    Resource,
  };
}

function contributions(...bucketPolicy: Statement[]) {
  return { bucketPolicy, keyPolicy: bucketPolicy, pausedSids: [] };
}

function record() {
  const clock = { now: 0 };
  const changed: string[] = [];
  const leftOut = createLeftOut(
    () => clock.now,
    (uid) => changed.push(uid),
  );
  return { clock, changed, leftOut };
}

const BOTH = contributions(statement(GOOD), statement(BAD));

test("admitted leaves out the BucketAccesses that AWS refuses, of that bucket, from both policies", () => {
  const { leftOut, changed } = record();
  leftOut.leaveOut(UID, [{ contributor: BAD }], BOTH.bucketPolicy);
  expect(changed).toEqual([UID]);
  expect(leftOut.admitted(UID, BOTH)).toEqual(contributions(statement(GOOD)));
  expect(leftOut.admitted("other", BOTH)).toEqual(BOTH);
  leftOut.admit(UID, BAD);
  expect(leftOut.admitted(UID, BOTH)).toEqual(BOTH);
});

test("admitted forgets a BucketAccess that has changed, or is gone", () => {
  for (const next of [contributions(statement(BAD, "arn:aws:s3:::docs/a/*")), contributions()]) {
    const { leftOut } = record();
    leftOut.leaveOut(UID, [{ contributor: BAD }], BOTH.bucketPolicy);
    expect(leftOut.admitted(UID, next)).toEqual(next);
    expect(leftOut.triesOf(UID)).toEqual([]);
  }
});

test("triesOf returns short delays at first, since a principal may be new, and then long ones", () => {
  const { leftOut, clock } = record();
  const refuse = () => leftOut.leaveOut(UID, [{ contributor: BAD }], BOTH.bucketPolicy);
  refuse();
  expect(leftOut.triesOf(UID)).toEqual([{ contributor: BAD, inMs: 10_000 }]);
  clock.now = 10_000;
  expect(leftOut.triesOf(UID)).toEqual([{ contributor: BAD, inMs: 0 }]);
  clock.now = 3 * MINUTE_MS;
  refuse();
  expect(leftOut.triesOf(UID)).toEqual([{ contributor: BAD, inMs: 10 * MINUTE_MS }]);
});

test("failureOf names the principal, as an error only once it cannot be new any more", () => {
  const { leftOut, clock } = record();
  expect(leftOut.failureOf(UID, [statement(BAD)])).toBeUndefined();
  leftOut.leaveOut(UID, [{ contributor: BAD, principal: "arn:x" }], BOTH.bucketPolicy);
  const early = leftOut.failureOf(UID, [statement(BAD)]);
  expect(early).toMatchObject({ reason: "NotYetVisible", message: expect.stringContaining("'arn:x'") as string });
  expect(early).not.toHaveProperty("terminal");
  clock.now = 2 * MINUTE_MS;
  expect(leftOut.failureOf(UID, [statement(BAD)])).toMatchObject({ reason: "InvalidPrincipal", terminal: true });
  expect(leftOut.failureOf(UID, [statement(GOOD)])).toBeUndefined();
  expect(leftOut.failureOf(UID, [statement(BAD, "arn:aws:s3:::docs/a/*")])).toBeUndefined();
});

test("failureOf tells a BucketAccess that does not fit, and keeps a principal that was named once", () => {
  const { leftOut } = record();
  leftOut.leaveOut(UID, [{ contributor: BAD, principal: "arn:x" }], BOTH.bucketPolicy);
  leftOut.leaveOut(UID, [{ contributor: BAD }], BOTH.bucketPolicy);
  expect(leftOut.failureOf(UID, [statement(BAD)])?.message).toContain("arn:x");
  leftOut.leaveOut(UID, [{ contributor: GOOD, tooLarge: "no room" }], BOTH.bucketPolicy);
  expect(leftOut.failureOf(UID, [statement(GOOD)])).toMatchObject({ reason: "PolicyTooLarge", message: "no room" });
});
