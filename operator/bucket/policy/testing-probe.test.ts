import { expect, test } from "vitest";
import { runSimulation } from "@cloud-copilot/iam-simulate";
test("probe", async () => {
  const run = async (contextVariables: Record<string,string>, principal = "arn:aws:sts::111122223333:assumed-role/app/x", action="s3:PutObject", resource="arn:aws:s3:::docs/a") => {
    const t = performance.now();
    const r = await runSimulation({
      request: { principal, action, resource: { resource, accountId: "111122223333" }, contextVariables },
      identityPolicies: [{ name: "all", policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } }],
      serviceControlPolicies: [], resourceControlPolicies: [],
      resourcePolicy: { Version: "2012-10-17", Statement: [
        { Sid: "A", Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::docs/*", Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-central-1:111122223333:key/a" }, Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" }, BoolIfExists: {"aws:PrincipalIsAWSService": "false"}, ArnNotLikeIfExists: { "aws:PrincipalArn": ["arn:aws:iam::111122223333:root"] } } },
      ] },
    }, {});
    console.log(Math.round(performance.now()-t), r.resultType === "error" ? JSON.stringify(r.errors) : r.overallResult, r.resultType === "single" ? JSON.stringify(r.result.ignoredContextKeys) : "");
  };
  await run({});
  await run({ "s3:x-amz-server-side-encryption-aws-kms-key-id": "b", "aws:PrincipalArn": "arn:aws:iam::111122223333:role/app", "s3:TlsVersion": "1.2", "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false", "s3:x-amz-server-side-encryption-customer-algorithm": "AES256", "aws:SourceVpce": "vpce-1", "aws:ViaAWSService":"false","aws:PrincipalOrgID":"o-1" });
  await run({ "s3:x-amz-server-side-encryption-aws-kms-key-id": "b", "aws:PrincipalArn": "arn:aws:iam::111122223333:root" }, "arn:aws:iam::111122223333:root");
  await run({ "s3:x-amz-server-side-encryption-aws-kms-key-id": "b", "aws:PrincipalIsAWSService": "true" }, "cloudtrail.amazonaws.com");
  await run({ }, undefined, "s3:GetBucketPolicy", "arn:aws:s3:::docs");
  expect(1).toBe(1);
});
