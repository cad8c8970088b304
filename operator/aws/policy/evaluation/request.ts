/** Values of a condition key in any letter case: [] if the request does not have it, undefined if that is unknown. */
export type Lookup = (key: string) => readonly string[] | undefined;

export interface PolicyRequest {
  /** Role of the session that sends the request. */
  roleArn: string;
  /** IAM action, "s3:GetObject". */
  action: string;
  /** ARN. */
  resource: string;
  /** Condition keys in AWS's spelling. An empty list: the request does not have the key; undefined: it is unknown. */
  context: Readonly<Record<string, readonly string[] | undefined>>;
}

/**
 * Keys for optional headers, and keys that only services and users have: absent unless the context contains them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const ABSENT =
  /^(s3:x-amz-.*|s3:prefix|s3:versionid|aws:username|aws:calledvia.*|aws:source(arn|account|owner|orgid|orgpaths))$/;

export function lookupIn({ context }: Pick<PolicyRequest, "context">): Lookup {
  const known = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
  return (key) => {
    const name = key.toLowerCase();
    return known.has(name) || !ABSENT.test(name) ? known.get(name) : [];
  };
}
