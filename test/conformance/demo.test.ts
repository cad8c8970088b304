import { expect, test } from "vitest";
import type { Simulator } from "../aws/index.ts";
import { awsVariables } from "../demo/environment.ts";

test("the demo prints the region under both names that AWS clients read", () => {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  const variables = awsVariables({ url: "http://127.0.0.1:4566" } as Simulator, credentials);
  expect(variables).toMatchObject({ AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-central-1" });
});
