import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denialOf, type RequestContext } from "./evaluate.ts";

const ask = (resource: string, statement: object, context: RequestContext = {}, action = "s3:GetObject") =>
  denialOf(
    {
      principal: "arn:aws:sts::111122223333:assumed-role/app/pod",
      action,
      resource,
      resourceAccount: "111122223333",
      context,
    },
    {
      identity: [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, ...statement }] }],
      permissionsBoundary: undefined,
      session: undefined,
      resource: undefined,
    },
  );
const escaped = (text: string) => text.replaceAll(/[*?$]/g, "${$&}");
const key = fc.string({ unit: fc.constantFrom("a", "/", "*", "?", "$", "{", "}"), minLength: 1, maxLength: 8 });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
describe("object keys with wildcards and dollar signs", () => {
  test("a policy with an escaped prefix allows only keys that begin with it", async () => {
    await fc.assert(
      fc.asyncProperty(key, key, async (prefix, name) => {
        const statement = { Resource: `arn:aws:s3:::docs/${escaped(prefix)}/*` };
        expect(await ask(`arn:aws:s3:::docs/${prefix}/${name}`, statement)).toBeUndefined();
        if (!name.startsWith(`${prefix}/`)) expect(await ask(`arn:aws:s3:::docs/${name}`, statement)).toBeDefined();
      }),
      { numRuns: 50 },
    );
  });

  test("a condition with an escaped prefix allows only keys that begin with it", async () => {
    await fc.assert(
      fc.asyncProperty(key, key, async (prefix, other) => {
        const like = { Resource: "*", Condition: { StringLike: { "s3:prefix": `${escaped(prefix)}/*` } } };
        const listing = (asked: string, statement: object) =>
          ask("arn:aws:s3:::docs", statement, { "s3:prefix": asked }, "s3:ListBucket");
        expect(await listing(`${prefix}/x`, like)).toBeUndefined();
        if (!other.startsWith(`${prefix}/`)) expect(await listing(other, like)).toBeDefined();
        const equal = { Resource: "*", Condition: { StringEquals: { "s3:prefix": escaped(prefix) } } };
        expect((await listing(other, equal)) === undefined).toBe(other === prefix);
      }),
      { numRuns: 50 },
    );
  });
});

test("conditions on the encryption context ignore the letter case of the condition key", async () => {
  const arn = "arn:aws:kms:us-east-1:111122223333:key/1";
  const context = { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::docs/a/x" };
  const wanted = (value: string) => ({
    Resource: "*",
    Condition: { StringLike: { "kms:encryptioncontext:aws:s3:ARN": value } },
  });
  expect(await ask(arn, wanted("arn:aws:s3:::docs/a/*"), context, "kms:Decrypt")).toBe(
    "because no resource-based policy allows the kms:Decrypt action",
  );
  expect(await ask(arn, wanted("arn:aws:s3:::docs/b/*"), context, "kms:Decrypt")).toBe(
    "because no identity-based policy allows the kms:Decrypt action",
  );
});
