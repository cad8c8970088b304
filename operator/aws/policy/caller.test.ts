import { expect, test } from "vitest";
import { principalArns } from "./caller.ts";

test.each([
  [
    "a role's session: the role with any path",
    "arn:aws-cn:sts::111122223333:assumed-role/operator/session",
    ["arn:aws-cn:iam::111122223333:role/operator", "arn:aws-cn:iam::111122223333:role/*/operator"],
  ],
  ["a user", "arn:aws:iam::111122223333:user/team/op", ["arn:aws:iam::111122223333:user/team/op"]],
  ["a federated user", "arn:aws:sts::111122223333:federated-user/op", ["arn:aws:sts::111122223333:federated-user/op"]],
  ["the root", "arn:aws:iam::111122223333:root", ["arn:aws:iam::111122223333:root"]],
  ["not an ARN", "unknown", ["unknown"]],
])("%s", (_case, callerArn, expected) => {
  expect(principalArns(callerArn)).toEqual(expected);
});
