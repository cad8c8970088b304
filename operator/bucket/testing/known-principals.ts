/** Principals in S3's form, by kind. */
type Principal = Record<string, unknown>;

/** Canonical user IDs of an account and of an origin access identity, and a unique ID. */
export const OPAQUE_NAMES = {
  account: "0123456789abcdef".repeat(4),
  identity: "0123456789abcdef".repeat(6),
  role: "AROACKCEVSQ6C2EXAMPLE",
};

const KNOWN: Readonly<Record<string, string>> = {
  [OPAQUE_NAMES.account]: "arn:aws:iam::999988887777:root",
  [OPAQUE_NAMES.identity]: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
  [OPAQUE_NAMES.role]: "arn:aws:iam::111122223333:role/known",
};

/** A principal with the ARNs that S3 returns for its canonical user IDs and unique IDs. */
export function withKnownNames({ CanonicalUser = [], AWS = [], ...rest }: Principal): Principal {
  const names = [AWS, CanonicalUser].flat() as string[];
  return { ...rest, ...(names.length > 0 && { AWS: names.map((name) => KNOWN[name] ?? name) }) };
}
