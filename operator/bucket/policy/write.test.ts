import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PolicyDocument, Statement } from "../../aws/policy/document.ts";
import { sdkError } from "../testing/fake-bucket.ts";
import { contributorOf } from "./contributors.ts";
import { writeAsFarAsKnown } from "./write.ts";

const OWN: Statement = { Sid: "S3OperatorDenyOldTLS", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };

/** A BucketAccess with two statements. */
function access(number: number, isKnown: boolean): Statement[] {
  const name = isKnown ? `role-${number}` : `unknown-${number}`;
  return [1, 2].map((index) => ({
    Sid: `S3OperatorAccess${number.toString(16)}n${index}`,
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::444455556666:role/${name}` },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::docs/${number}/${index}/*`,
  }));
}

/** AWS, which refuses documents with a principal of an `unknown-` name; S3 names it, KMS does not. */
function aws(observed: Statement[], isNaming: boolean) {
  const there = { Statement: observed, writes: 0 };
  const write = async ({ Statement }: PolicyDocument) => {
    there.writes += 1;
    const unknown = /arn:aws:iam::\d+:role\/unknown-\d+/.exec(JSON.stringify(Statement))?.[0];
    if (unknown !== undefined)
      throw sdkError("MalformedPolicy", 400, {
        message: "Invalid principal in policy",
        ...(isNaming && { Detail: `"AWS" : "${unknown}"` }),
      });
    there.Statement = Statement;
  };
  return { there, write };
}

const accesses = fc.array(fc.record({ isKnown: fc.boolean(), isThere: fc.boolean() }), { maxLength: 12 });

describe("writeAsFarAsKnown", () => {
  test.each([true, false])(
    "applies all BucketAccesses but those with an unknown principal; AWS names it: %s",
    async (isNaming) => {
      const property = fc.asyncProperty(accesses, fc.boolean(), async (all, isNew) => {
        const statements = all.map(({ isKnown }, index) => access(index, isKnown));
        const present = statements.filter((_, index) => all[index]?.isThere && all[index].isKnown).flat();
        const observed = isNew ? present : [OWN, ...present];
        const { there, write } = aws(observed, isNaming);
        const document = { Statement: [OWN, ...statements.flat()] };
        const refusals = await writeAsFarAsKnown(write, document, { Statement: observed });
        const bad = statements.filter((_, index) => !all[index]?.isKnown);
        expect(refusals.map(({ contributor }) => contributor).sort()).toEqual(
          bad.map(([one]) => one && contributorOf(one)).sort(),
        );
        for (const { contributor, principal } of refusals) {
          const own = statements.flat().find((each) => contributorOf(each) === contributor);
          expect(own?.Principal).toEqual({ AWS: principal });
        }
        const good = statements.filter((_, index) => all[index]?.isKnown).flat();
        const sids = (each: readonly Statement[]) => each.map(({ Sid }) => Sid).sort();
        expect(sids(there.Statement)).toEqual(sids([OWN, ...good]));
      });
      await fc.assert(property, { numRuns: 300 });
    },
  );

  test("tries a bounded number of writes, and leaves out what it did not get to", async () => {
    const statements = Array.from({ length: 64 }, (_, index) => access(index, index % 2 === 0)).flat();
    const { there, write } = aws([OWN], false);
    const refusals = await writeAsFarAsKnown(write, { Statement: [OWN, ...statements] }, { Statement: [OWN] });
    expect(there.writes).toBeLessThanOrEqual(21);
    const left = new Set(refusals.map(({ contributor }) => contributor));
    const rest = statements.filter((each) => !left.has(contributorOf(each) ?? ""));
    expect(there.Statement).toEqual([OWN, ...rest]);
  });

  test("throws if another statement names the unknown principal, and blames no BucketAccess", async () => {
    const own = { ...OWN, Principal: { AWS: "arn:aws:iam::444455556666:role/unknown-9" } };
    for (const isNaming of [true, false]) {
      const { write } = aws([], isNaming);
      const document = { Statement: [own, ...access(0, true)] };
      await expect(writeAsFarAsKnown(write, document, { Statement: [] })).rejects.toMatchObject({
        name: "MalformedPolicy",
      });
    }
  });

  test("throws any other error of AWS", async () => {
    const denied = sdkError("AccessDenied", 403);
    const write = () => Promise.reject(denied);
    await expect(writeAsFarAsKnown(write, { Statement: access(0, false) }, { Statement: [] })).rejects.toBe(denied);
  });
});
