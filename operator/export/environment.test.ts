import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { callerIdentity, startEndpoint, type Endpoint } from "../aws/testing/endpoint.ts";
import { readBucket } from "./read.ts";

let endpoint: Endpoint;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "environment-"));
  endpoint = await startEndpoint();
  endpoint.answer = ({ body }) =>
    body.includes("Action=GetCallerIdentity")
      ? callerIdentity("111122223333", "arn:aws:iam::111122223333:user/jane")
      : { status: 404, headers: { "x-amz-request-id": "4442587FB7D0A2F9" } };
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"])
    vi.stubEnv(name, undefined);
  for (const name of ["HTTP_PROXY", "http_proxy"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "none"));
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  const keys = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
  writeFileSync(join(folder, "credentials"), `[default]\n${keys("AKIADEFAULT")}[team]\n${keys("AKIATEAM")}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** The identity and region of the first call. The bucket does not exist. */
async function firstCall() {
  const options = { bucket: "docs", name: "docs", namespace: undefined, region: undefined, s3ForcePathStyle: true };
  await expect(readBucket(options, "s3-operator/test")).rejects.toThrow();
  const { accessKeyId, region } = endpoint.requests[0] ?? {};
  return { accessKeyId, region };
}

test("AWS_PROFILE names the profile of the credentials", async () => {
  expect(await firstCall()).toMatchObject({ accessKeyId: "AKIADEFAULT" });
  endpoint.requests.length = 0;
  vi.stubEnv("AWS_PROFILE", "team");
  expect(await firstCall()).toMatchObject({ accessKeyId: "AKIATEAM" });
});

test("AWS_REGION is the region without --region", async () => {
  vi.stubEnv("AWS_REGION", "eu-south-2");
  expect(await firstCall()).toMatchObject({ region: "eu-south-2" });
});
