import { expect, test } from "vitest";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { identityOf } from "./identity.ts";

test("identityOf has the role to assume, if the account has one", () => {
  expect(identityOf(awsAccount())).toStrictEqual({ accountId: "111122223333", region: "eu-central-1" });
  const assumeRole = { roleArn: "arn:aws:iam::111122223333:role/s3-operator", externalId: "id" };
  expect(identityOf(awsAccount({ assumeRole }))).toStrictEqual({
    accountId: "111122223333",
    region: "eu-central-1",
    assumeRole,
  });
});
