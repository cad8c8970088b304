import { delegates, judge, resourceRulingOf } from "../../aws/policy/evaluation/ruling.ts";
import type { Findings, KeyFindings } from "../findings.ts";
import { ownSide } from "./identity.ts";
import { allowed, blocks, cannotBeRead, cannotTell, depends, type Layer } from "./layer.ts";

const KMS = "KMS";

/** The key of the current default encryption. An older object can have another key. Pure. */
export function kmsLayer(findings: Findings): Layer {
  const { key, s3, foreign } = findings;
  if (key === undefined) return allowed(KMS, `${s3.request.action} uses no KMS key`);
  if (key.remedy !== undefined) return cannotBeRead(KMS, key.remedy);
  if (key.value === undefined) return allowed(KMS, "the bucket's objects are encrypted by S3 (AES256), without KMS");
  const { arn, isManagedByAws } = key.value;
  if (!isManagedByAws) return ofState(key.value) ?? ofKey(key.value, findings);
  return foreign !== undefined
    ? blocks(
        KMS,
        "the AWS managed key aws/s3 cannot be shared with other accounts",
        "set a customer managed key in spec.encryption.kmsKey of the S3Bucket",
      )
    : allowed(KMS, `${arn} is the AWS managed key, which the whole account can use`);
}

function ofState({ arn, state }: KeyFindings): Layer | undefined {
  if (state.remedy !== undefined) return cannotBeRead(KMS, state.remedy);
  if (state.value === "Enabled") return undefined;
  if (state.value === undefined)
    return blocks(KMS, `key ${arn} does not exist`, "correct spec.encryption.kmsKey of the S3Bucket");
  return blocks(KMS, `key ${arn} is ${state.value}`, "ask the key's owners to enable it or to cancel its deletion");
}

function ofKey({ arn, policy, use }: KeyFindings, { foreign, role }: Findings): Layer {
  const { request } = use;
  if (policy.remedy !== undefined) return cannotBeRead(KMS, policy.remedy);
  const judgement = judge(resourceRulingOf(policy.value, request));
  if (judgement.outcome === "Denied")
    return blocks(
      KMS,
      `statement '${judgement.by}' of the policy of key ${arn} denies it`,
      "ask the key's owners to change it",
    );
  if (judgement.outcome === "Depends") return depends(KMS, judgement.keys);
  const allows = `key ${arn} allows ${request.action}`;
  if (judgement.outcome === "NotAllowed" && delegates(policy.value, request) !== true) {
    return blocks(
      KMS,
      `the policy of key ${arn} lets neither the role nor its account use ${request.action}`,
      "ask the key's owners to allow it, or to delegate to the account's IAM policies",
    );
  }
  if (foreign === "Role") return allowed(KMS, allows);
  const own = ownSide(use, role, judgement.outcome === "Allowed" ? "the key policy" : undefined);
  const blocker = own.find(({ state }) => state === "blocks") ?? own.find(({ state }) => state === "cannot tell");
  if (blocker === undefined) return allowed(KMS, allows);
  const { name, state, detail, remedy = "" } = blocker;
  return state === "blocks" ? blocks(KMS, `${name}: ${detail}`, remedy) : cannotTell(KMS, `${name}: ${detail}`, remedy);
}
