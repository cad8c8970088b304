import type { Findings } from "../findings.ts";
import { judge, rulingOf } from "../../aws/policy/evaluation/ruling.ts";
import { allowed, blocks, cannotBeRead, depends, type Layer } from "./layer.ts";

const SESSION = "session policy";
const BLOCK_PUBLIC_ACCESS = "Block Public Access";

/** Of a shared role, which the association narrows. Undefined: the role is the access's own. Pure. */
export function sessionLayer({ session, s3: { request } }: Findings): Layer | undefined {
  if (session === undefined) return undefined;
  if (session.remedy !== undefined) return cannotBeRead(SESSION, session.remedy);
  if (session.value === undefined) {
    return blocks(
      SESSION,
      "there is no Pod Identity association that narrows the shared role",
      "see the BucketAccess's condition",
    );
  }
  const judgement = judge(rulingOf(session.value, request));
  if (judgement.outcome === "Allowed") return allowed(SESSION, "the association's policy allows it");
  if (judgement.outcome === "Depends") return depends(SESSION, judgement.keys);
  return blocks(
    SESSION,
    `the association's policy does not allow ${request.action} on ${request.resource}`,
    "have the grants cover it",
  );
}

/** Only who is of another account can be shut out: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html. Pure. */
export function publicAccessLayer({ restrictedAsPublic }: Findings): Layer {
  if (restrictedAsPublic === undefined)
    return allowed(BLOCK_PUBLIC_ACCESS, "it is about everybody and other accounts, not about this role");
  if (restrictedAsPublic.remedy !== undefined) return cannotBeRead(BLOCK_PUBLIC_ACCESS, restrictedAsPublic.remedy);
  return restrictedAsPublic.value
    ? blocks(
        BLOCK_PUBLIC_ACCESS,
        "the bucket policy is public, and restrictPublicBuckets shuts out other accounts then",
        "close the statement that lets in everybody",
      )
    : allowed(BLOCK_PUBLIC_ACCESS, "the bucket policy is not public, or public buckets are not restricted");
}
