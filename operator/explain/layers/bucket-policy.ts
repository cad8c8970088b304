import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { Findings } from "../findings.ts";
import {
  type Applying,
  delegates,
  isCertain,
  judge,
  keysOf,
  resourceRulingOf,
} from "../../aws/policy/evaluation/ruling.ts";
import { allowed, blocks, cannotBeRead, cannotTell, depends, type Layer } from "./layer.ts";

const BUCKET_POLICY = "bucket policy";
const VPC_ENDPOINT = "VPC endpoint";

/** Where a request comes from, which only the network of the Pods tells. */
const NETWORK_KEY = /^aws:(sourcevpc|sourcevpce|sourcevpcarn|vpcsourceip)$/i;

/** What the bucket policy says, but for those denials that are about the network, which are a layer of their own. Pure. */
export function bucketPolicyLayer({ s3: { request }, foreign, bucketPolicy }: Findings): Layer {
  if (bucketPolicy.remedy !== undefined) return cannotBeRead(BUCKET_POLICY, bucketPolicy.remedy);
  const { denies, allows } = resourceRulingOf(bucketPolicy.value, request);
  const judgement = judge({
    denies: denies.filter((each) => !isAboutNetwork(each)),
    allows: [...allows, ...anyway(!foreign)],
  });
  switch (judgement.outcome) {
    case "Denied":
      return blocks(BUCKET_POLICY, `statement '${judgement.by}' denies it`, whoseIs(judgement.by));
    case "Depends":
      return depends(BUCKET_POLICY, judgement.keys);
    case "Allowed":
      return allowed(
        BUCKET_POLICY,
        allows.some(isCertain) ? `statement '${allows.find(isCertain)?.name}' allows it` : "no statement denies it",
      );
    case "NotAllowed":
      return foreign && delegates(bucketPolicy.value, request) === true
        ? allowed(BUCKET_POLICY, "it allows the role's whole account")
        : blocks(
            BUCKET_POLICY,
            `no statement allows ${request.roleArn} ${request.action} on ${request.resource}${dangling(bucketPolicy.value)}`,
            "have the grants cover it; if they do, see whether BucketAccess and S3Bucket are Ready",
          );
  }
}

/** Within an account it takes no Allow of the bucket policy. */
function anyway(isEnough: boolean): Applying[] {
  return isEnough ? [{ name: "", statement: { Effect: "Allow" }, applies: true }] : [];
}

function whoseIs(name: string): string {
  return name.startsWith("S3Operator")
    ? "it comes from spec.policy of the S3Bucket, or from its baseline: change it there"
    : "it is not the operator's: ask the owners of the bucket to change it";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
function dangling(policy: PolicyDocument): string {
  const id = /"(AROA[A-Z0-9]{16,})"/.exec(JSON.stringify(policy))?.[1];
  return id === undefined ? "" : `; it names ${id}, a role that was deleted, even if one of that name is there again`;
}

/** The bucket policy's denials of requests that come another way. The policy of the endpoint itself is not looked at. Pure. */
export function vpcEndpointLayer({ s3: { request }, bucketPolicy }: Findings): Layer {
  if (bucketPolicy.remedy !== undefined) return cannotBeRead(VPC_ENDPOINT, bucketPolicy.remedy);
  const denials = resourceRulingOf(bucketPolicy.value, request).denies.filter(isAboutNetwork);
  const [denial] = [...denials.filter(isCertain), ...denials];
  if (denial === undefined) return allowed(VPC_ENDPOINT, "the bucket policy asks for none, or for this one");
  const wanted = `statement '${denial.name}' of the bucket policy wants ${valuesOf(denial)}`;
  if (isCertain(denial))
    return blocks(
      VPC_ENDPOINT,
      wanted,
      "send the request through such an endpoint, or have it added to the S3Bucket's spec.policy.vpcEndpoints",
    );
  return cannotTell(
    VPC_ENDPOINT,
    `${wanted}, and depends on ${keysOf([denial]).join(", ")}`,
    "ask again with --vpc-endpoint, the one of the Pods' network or 'none'",
  );
}

function isAboutNetwork({ statement: { Condition = {} } }: Applying): boolean {
  return Object.values(Condition).some((tests) => Object.keys(tests).some((key) => NETWORK_KEY.test(key)));
}

function valuesOf({ statement: { Condition = {} } }: Applying): string {
  const tests = Object.values(Condition).flatMap((each) => Object.entries(each));
  return tests
    .filter(([key]) => NETWORK_KEY.test(key))
    .map(([key, values]) => `${key} ${[values].flat().join(" or ")}`)
    .join(", ");
}
