import { canonicalStatement } from "./canonical.ts";
import type { Statement } from "./document.ts";

/** Kinds of principals that S3 returns under another name. Each name is of the form "AWS:111122223333". */
const OPAQUE = [
  // A canonical user ID: its account, or its origin access identity.
  {
    isDeclared: /^CanonicalUser:/,
    isReturned: /^AWS:(\d{12}|arn:[\w-]+:iam::cloudfront:user\/CloudFront Origin Access Identity \w+)$/,
  },
  // A unique ID: the ARN of its role or user.
  { isDeclared: /^AWS:A(ROA|IDA)[A-Z0-9]+$/, isReturned: /^AWS:arn:[\w-]+:iam::\d{12}:(role|user)\/\S+$/ },
];

/**
 * `observed` with the principals as `declared` names them, if S3 may have made the observed ones of them: in place of
 * each opaque name stands one other name, of a form that S3 returns for it. No API tells whose name it is.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function withDeclaredNames(observed: Statement, declared: Statement | undefined): Statement {
  if (declared === undefined) return observed;
  const element = observed.Principal === undefined ? "NotPrincipal" : "Principal";
  const principal = declared[element];
  if (principal === undefined || !isRenamed(namesOf(observed), namesOf(declared))) return observed;
  return { ...observed, [element]: principal };
}

/** Names of principals that S3 returns as others. */
export function opaqueNames(statement: Statement): string[] {
  return [...namesOf(statement)].filter((name) => OPAQUE.some(({ isDeclared }) => isDeclared.test(name)));
}

function isRenamed(found: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  const missing = [...wanted].filter((name) => !found.has(name));
  const surplus = [...found].filter((name) => !wanted.has(name));
  const pairs = OPAQUE.map(({ isDeclared, isReturned }) => ({
    declared: missing.filter((name) => isDeclared.test(name)).length,
    returned: surplus.filter((name) => isReturned.test(name)).length,
  }));
  const explained = pairs.reduce((sum, { declared }) => sum + declared, 0);
  return (
    explained > 0 &&
    explained === missing.length &&
    explained === surplus.length &&
    pairs.every(({ declared, returned }) => declared === returned)
  );
}

function namesOf(statement: Statement): ReadonlySet<string> {
  const { Principal, NotPrincipal } = canonicalStatement(statement) as Partial<
    Record<string, Record<string, string[]>>
  >;
  const kinds = Object.entries(Principal ?? NotPrincipal ?? {});
  return new Set(kinds.flatMap(([kind, names]) => names.map((name) => `${kind}:${name}`)));
}
