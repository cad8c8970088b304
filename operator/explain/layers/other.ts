import { judge, rulingOf } from "../../aws/policy/evaluation/ruling.ts";
import type { Findings } from "../findings.ts";
import { allowed, blocks, cannotBeRead, depends, type Layer } from "./layer.ts";

const SESSION = "session policy";
const BLOCK_PUBLIC_ACCESS = "Block Public Access";

/** The policy of the association that restricts a shared role. Undefined: the role is not shared. Pure. */
export function sessionLayer({ session, s3: { request } }: Findings): Layer | undefined {
  if (session === undefined) return undefined;
  if (session.remedy !== undefined) return cannotBeRead(SESSION, session.remedy);
  if (session.value === undefined) {
    return blocks(SESSION, "no Pod Identity association restricts the shared role", "see the BucketAccess's condition");
  }
  const judgement = judge(rulingOf(session.value, request));
  if (judgement.outcome === "Allowed") return allowed(SESSION, "the association's policy allows it");
  if (judgement.outcome === "Depends") return depends(SESSION, judgement.keys);
  return blocks(
    SESSION,
    `the association's policy does not allow ${request.action} on ${request.resource}`,
    "add a grant that covers it",
  );
}

/**
 * Can block only roles of other accounts. Pure.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function publicAccessLayer({ restrictedAsPublic }: Findings): Layer {
  if (restrictedAsPublic === undefined)
    return allowed(BLOCK_PUBLIC_ACCESS, "it restricts only public and cross-account access");
  if (restrictedAsPublic.remedy !== undefined) return cannotBeRead(BLOCK_PUBLIC_ACCESS, restrictedAsPublic.remedy);
  return restrictedAsPublic.value
    ? blocks(
        BLOCK_PUBLIC_ACCESS,
        "the bucket policy is public, so that restrictPublicBuckets denies other accounts",
        "restrict the statement that allows all callers",
      )
    : allowed(BLOCK_PUBLIC_ACCESS, "the bucket policy is not public, or public buckets are not restricted");
}
