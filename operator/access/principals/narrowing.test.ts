/** bucket/policy/narrow.ts on statements of real grants, judged by an evaluator of IAM policies. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Grant } from "../../api/types.ts";
import type { Statement } from "../../aws/policy/document.ts";
import { narrowed } from "../../bucket/policy/narrow.ts";
import { grantLists, keysAround } from "../testing/arbitrary-grants.ts";
import { BUCKET, foreignRole, isAllowed, KEY_ARN, READER, type Request } from "../testing/requests.ts";
import { contributionOf } from "./contribution.ts";

const OWNER = { cluster: "prod", namespace: "team", name: "docs" };
const ENCRYPTED = { ...BUCKET, encryption: { kmsKeyArn: KEY_ARN, contexts: ["Object" as const] } };
const VIA = { "kms:ViaService": "s3.eu-central-1.amazonaws.com" };

const contributed = (grants: readonly Grant[], principals = [READER]) =>
  contributionOf(OWNER, principals, grants, ENCRYPTED);
const narrow = (found: readonly Statement[], wanted: readonly Statement[], pausedSids: string[] = []) =>
  narrowed({ Statement: [...found] }, wanted, pausedSids)?.Statement;

function requestsOn(keys: readonly string[]): Request[] {
  return keys
    .filter((key) => key !== "")
    .flatMap((key): Request[] => {
      const arn = `${BUCKET.arn}/${key}`;
      return [
        { action: "s3:GetObject", resource: arn },
        { action: "s3:PutObject", resource: arn },
        { action: "s3:ListBucket", resource: BUCKET.arn, context: { "s3:prefix": key } },
        { action: "kms:Decrypt", resource: KEY_ARN, context: { ...VIA, "kms:EncryptionContext:aws:s3:arn": arn } },
      ];
    });
}

describe("narrowed", () => {
  test("allows nothing that was not granted before and is not asked for now", async () => {
    const property = fc.asyncProperty(grantLists, grantLists, async (before, now) => {
      const [found, wanted] = [contributed(before), contributed(now)];
      const bucket = narrow(found.bucket, wanted.bucket) ?? found.bucket;
      const key = narrow(found.key, wanted.key) ?? found.key;
      const requests = requestsOn([...before, ...now].flatMap(({ prefix }) => keysAround(prefix).slice(0, 5)));
      for (const request of requests) {
        if (!(await isAllowed(foreignRole(bucket, key), request))) continue;
        expect(await isAllowed(foreignRole(found.bucket, found.key), request)).toBe(true);
        expect(await isAllowed(foreignRole(wanted.bucket, wanted.key), request)).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("leaves a policy with all that is asked for, and no more, as it is", () => {
    const property = fc.property(grantLists, (grants) => {
      const { bucket, key } = contributed(grants);
      expect(narrow(bucket.toReversed(), bucket)).toBeUndefined();
      expect(narrow(key, key)).toBeUndefined();
    });
    fc.assert(property);
  });

  test("leaves a statement that is to become wider as it is", () => {
    const found = contributed([{ prefix: "a/", permissions: ["Read"] }]).bucket;
    const wanted = contributed([
      { prefix: "a/", permissions: ["Read", "Write"] },
      { prefix: "b/", permissions: ["Read"] },
    ]).bucket;
    expect(narrow(found, wanted)).toBeUndefined();
  });

  test.for<{ what: string; before: Grant[]; now: Grant[]; rest: string[] }>([
    {
      what: "another prefix",
      before: [{ prefix: "a/", permissions: ["Read"] }],
      now: [{ prefix: "b/", permissions: ["Read"] }],
      rest: [],
    },
    {
      what: "a longer prefix",
      before: [{ prefix: "*", permissions: ["Read"] }],
      now: [{ prefix: "b/", permissions: ["Read"] }],
      rest: ["arn:aws:s3:::docs/b/*"],
    },
    {
      what: "fewer permissions",
      before: [{ prefix: "b/", permissions: ["Read", "Delete"] }],
      now: [{ prefix: "b/", permissions: ["Read"] }],
      rest: ["arn:aws:s3:::docs/b/*"],
    },
  ])("leaves of a statement what is still asked for: $what", ({ before, now, rest }) => {
    const left = narrow(contributed(before).bucket, contributed(now).bucket);
    expect(left?.map(({ Resource }) => Resource)).toEqual(rest);
  });

  test("removes a principal that is no longer named, and a deleted one by its unique id", () => {
    const grants: Grant[] = [{ prefix: "a/", permissions: ["Read"] }];
    const both = contributed(grants, [READER, `${READER}-2`]);
    expect(narrow(both.bucket, contributed(grants).bucket)).toEqual(contributed(grants).bucket);
    expect(narrow(contributed(grants, ["AROAEXAMPLEEXAMPLE123"]).bucket, contributed(grants).bucket)).toEqual([]);
  });

  test("leaves the statements of others, our other statements and those of paused accesses as they are", () => {
    const { bucket } = contributed([{ prefix: "a/", permissions: ["Read"] }]);
    const others: Statement[] = [
      { Sid: "Theirs", Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" },
      { Sid: "S3OperatorDenyOldTLS", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" },
    ];
    expect(narrow([...others, ...bucket], [])).toEqual(others);
    expect(narrow([...others, ...bucket], [], [bucket[0]?.Sid?.slice(0, -1) ?? ""])).toBeUndefined();
    expect(narrow(others, bucket)).toBeUndefined();
  });

  test("removes a statement in a form that the operator does not write", () => {
    const { bucket } = contributed([{ prefix: "a/", permissions: ["Read"] }]);
    const widened = bucket.map((each): Statement => ({ ...each, Principal: "*" }));
    const inverted = bucket.map(({ Action: _action, ...each }): Statement => ({ ...each, NotAction: "s3:X" }));
    expect(narrow(inverted, bucket)).toEqual([]);
    expect(narrow(widened, bucket)).toEqual([]);
  });
});
