/** Values of a condition key in whatever letter case: [] if the request certainly has none, undefined if only the request itself would tell. */
export type Lookup = (key: string) => readonly string[] | undefined;

/** A request as policies meet it, as far as it is known. */
export interface PolicyRequest {
  /** ARN of the role by whose session it is made. */
  roleArn: string;
  /** IAM action, "s3:GetObject". */
  action: string;
  /** ARN. */
  resource: string;
  /** What is known of it; empty: certainly absent. Keys in AWS's own spelling. */
  context: Readonly<Record<string, readonly string[]>>;
}

/**
 * Headers that an SDK sends only when it is told to, and what only services and users have: absent unless the context says otherwise.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const ABSENT =
  /^(s3:x-amz-.*|s3:prefix|s3:versionid|aws:username|aws:calledvia.*|aws:source(arn|account|owner|orgid|orgpaths))$/;

export function lookupIn({ context }: Pick<PolicyRequest, "context">): Lookup {
  const known = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
  return (key) => known.get(key.toLowerCase()) ?? (ABSENT.test(key.toLowerCase()) ? [] : undefined);
}
