import { testsOf, type ConditionTest, type PolicyDocument, type Statement } from "../../aws/policy/document.ts";
import {
  delegates,
  isCertain,
  judge,
  keysOf,
  resourceRulingOf,
  type Applying,
} from "../../aws/policy/evaluation/ruling.ts";
import { SID_PREFIX } from "../../bucket/policy/compose.ts";
import type { Findings } from "../findings.ts";
import { allowed, blocks, cannotBeRead, cannotTell, depends, type Layer } from "./layer.ts";

const BUCKET_POLICY = "bucket policy";
const VPC_ENDPOINT = "VPC endpoint";

/** Keys for the network that a request comes from. */
const NETWORK_KEY = /^aws:(sourcevpc|sourcevpce|sourcevpcarn|vpcsourceip)$/i;

/** The bucket policy without its denials by network, which are {@link vpcEndpointLayer}. Pure. */
export function bucketPolicyLayer({ s3: { request }, foreign, bucketPolicy }: Findings): Layer {
  if (bucketPolicy.remedy !== undefined) return cannotBeRead(BUCKET_POLICY, bucketPolicy.remedy);
  const { denies, allows } = resourceRulingOf(bucketPolicy.value, request);
  const judgement = judge({
    denies: denies.filter((each) => !isAboutNetwork(each)),
    allows: foreign !== undefined ? allows : [...allows, NO_ALLOW_NEEDED],
  });
  switch (judgement.outcome) {
    case "Denied":
      return blocks(BUCKET_POLICY, `statement '${judgement.by}' denies it`, remedyOf(judgement.by));
    case "Depends":
      return depends(BUCKET_POLICY, judgement.keys);
    case "Allowed":
      return allowed(
        BUCKET_POLICY,
        allows.some(isCertain) ? `statement '${allows.find(isCertain)?.name}' allows it` : "no statement denies it",
      );
    case "NotAllowed":
      return foreign !== undefined && delegates(bucketPolicy.value, request) === true
        ? allowed(BUCKET_POLICY, "it allows the role's whole account")
        : blocks(
            BUCKET_POLICY,
            `no statement allows ${request.roleArn} ${request.action} on ${request.resource}${dangling(bucketPolicy.value)}`,
            "add a grant that covers it; if there is one, check that BucketAccess and S3Bucket are Ready",
          );
  }
}

/** Within an account, the policies of the role are enough. */
const NO_ALLOW_NEEDED: Applying = { name: "", statement: { Effect: "Allow" }, applies: true };

function remedyOf(name: string): string {
  return name.startsWith(SID_PREFIX)
    ? "change spec.policy or spec.baseline of the S3Bucket"
    : "another user or tool wrote the statement: ask the owners of the bucket to change it";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
function dangling(policy: PolicyDocument): string {
  const id = /"(AROA[A-Z0-9]{16,})"/.exec(JSON.stringify(policy))?.[1];
  return id === undefined ? "" : `; it names ${id}, a deleted role, which a new role of the same name does not replace`;
}

/** The bucket policy's denials by network. Does not check the policy of the endpoint itself. Pure. */
export function vpcEndpointLayer({ s3: { request }, bucketPolicy }: Findings): Layer {
  if (bucketPolicy.remedy !== undefined) return cannotBeRead(VPC_ENDPOINT, bucketPolicy.remedy);
  const denials = resourceRulingOf(bucketPolicy.value, request).denies.filter(isAboutNetwork);
  const [denial] = [...denials.filter(isCertain), ...denials];
  if (denial === undefined) return allowed(VPC_ENDPOINT, "the bucket policy requires none, or this one");
  const tests = networkTests(denial.statement).map(({ key, values }) => `${key} ${values.join(" or ")}`);
  const required = `statement '${denial.name}' of the bucket policy requires ${tests.join(", ")}`;
  if (isCertain(denial))
    return blocks(
      VPC_ENDPOINT,
      required,
      "send the request through such an endpoint, or add the endpoint of the Pods' network to spec.policy.vpcEndpoints of the S3Bucket",
    );
  return cannotTell(
    VPC_ENDPOINT,
    `${required}, and depends on ${keysOf([denial]).join(", ")}`,
    "run again with --vpc-endpoint: the endpoint of the Pods' network, or none",
  );
}

function isAboutNetwork({ statement }: Applying): boolean {
  return networkTests(statement).length > 0;
}

function networkTests({ Condition }: Statement): ConditionTest[] {
  return testsOf(Condition).filter(({ key }) => NETWORK_KEY.test(key));
}
