import { describe, expect, test } from "vitest";
import type { BucketAccessSpec } from "../../api/types.ts";
import { bucketAccess } from "../testing/objects.ts";
import { outputsOf } from "./outputs.ts";

const ROLE = "arn:aws:iam::111122223333:role/app";
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234";

function outputs(spec: Partial<BucketAccessSpec> = {}, roleArn?: string, region = "eu-central-1", kmsKeyArn?: string) {
  const bucket = {
    name: "acme-docs",
    arn: "arn:aws:s3:::acme-docs",
    region,
    formerEncryptions: [],
    ...(kmsKeyArn !== undefined && { encryption: { kmsKeyArn, contexts: [] } }),
  };
  return outputsOf(bucketAccess(spec), { bucket } as unknown as Parameters<typeof outputsOf>[1], roleArn);
}

describe("outputsOf", () => {
  test("has every output under its own name, in a ConfigMap with the object's name", () => {
    expect(outputs({}, ROLE, "eu-central-1", KEY)).toEqual({
      configMapName: "reader",
      data: {
        BUCKET_NAME: "acme-docs",
        BUCKET_ARN: "arn:aws:s3:::acme-docs",
        BUCKET_REGION: "eu-central-1",
        BUCKET_HOST: "s3.eu-central-1.amazonaws.com",
        BUCKET_ENDPOINT: "https://s3.eu-central-1.amazonaws.com",
        BUCKET_PREFIX: "raw/",
        BUCKET_PREFIXES: "raw/",
        ROLE_ARN: ROLE,
        KMS_KEY_ARN: KEY,
      },
      labels: {},
      annotations: {},
    });
  });

  test("has the endpoint of the region's partition", () => {
    expect(outputs({}, ROLE, "cn-north-1").data["BUCKET_ENDPOINT"]).toBe("https://s3.cn-north-1.amazonaws.com.cn");
  });

  test("leaves out a role and a key that the access does not have", () => {
    expect(Object.keys(outputs().data)).not.toContain("ROLE_ARN");
    expect(Object.keys(outputs().data)).not.toContain("KMS_KEY_ARN");
  });

  test("has exactly the declared keys, and of those only the ones with a value", () => {
    const keys = {
      S3_BUCKET: "BUCKET_NAME",
      bucket: "BUCKET_NAME",
      "aws.role": "ROLE_ARN",
      KEY: "KMS_KEY_ARN",
    } as const;
    const configMap = { name: "settings", keys, labels: { app: "shop" }, annotations: { note: "a b" } };
    expect(outputs({ configMap }, ROLE)).toEqual({
      configMapName: "settings",
      data: { S3_BUCKET: "acme-docs", bucket: "acme-docs", "aws.role": ROLE },
      labels: { app: "shop" },
      annotations: { note: "a b" },
    });
  });

  test("takes a key that JavaScript treats specially as any other", () => {
    const configMap = JSON.parse('{"keys":{"__proto__":"BUCKET_NAME","constructor":"BUCKET_REGION"}}') as never;
    expect(JSON.stringify(outputs({ configMap }).data)).toBe('{"__proto__":"acme-docs","constructor":"eu-central-1"}');
  });
});
