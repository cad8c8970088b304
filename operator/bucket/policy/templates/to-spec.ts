import type { Policy, PolicyStatement, Principals } from "../../../api/types.ts";
import { asList, testsOf, type OneOrMany, type Principal, type Statement } from "../../../aws/policy/document.ts";
import { SID_PREFIX } from "../compose.ts";
import { USER_PREFIX } from "./user-statement.ts";

/** Derives `spec.policy` from the operator's statements. Callers compare, since not all statements map to fields. */
export function policyToSpec(statements: readonly Statement[], bucketArn: string): Policy {
  const bySid = new Map(statements.map((statement) => [statement.Sid, statement]));
  const tlsVersion = asList(bySid.get(`${SID_PREFIX}DenyOldTLS`)?.Condition?.["NumericLessThan"]?.["s3:TlsVersion"])[0];
  const distributions = conditions(bySid.get(`${SID_PREFIX}AllowCloudFront`))?.[0]?.values;
  const own = statements.filter(({ Sid }) => Sid?.startsWith(USER_PREFIX));
  return {
    ...(tlsVersion !== undefined && { minimumTLSVersion: tlsVersion as NonNullable<Policy["minimumTLSVersion"]> }),
    ...(distributions && { cloudFrontDistributions: distributions }),
    ...(own.length > 0 && { statements: own.map((statement) => statementToSpec(statement, bucketArn)) }),
  };
}

/** The inverse of `userStatement`. */
function statementToSpec(statement: Statement, bucketArn: string): PolicyStatement {
  const { Sid = "", Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
  const given = {
    principals: Principal === undefined ? undefined : principals(Principal),
    notPrincipals: NotPrincipal === undefined ? undefined : principals(NotPrincipal),
    actions: strings(Action),
    notActions: strings(NotAction),
    resources: unlessAll(strings(Resource)?.map((resource) => inBucket(resource, bucketArn))),
    notResources: strings(NotResource)?.map((resource) => inBucket(resource, bucketArn)),
    conditions: conditions(statement),
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { sid: Sid.slice(USER_PREFIX.length), effect: Effect, ...Object.fromEntries(said) };
}

function principals(principal: Principal): Principals {
  if (typeof principal === "string") return { aws: ["*"] };
  const kinds = { aws: "AWS", service: "Service", federated: "Federated", canonicalUser: "CanonicalUser" } as const;
  const said = Object.entries(kinds).flatMap(([kind, element]) => {
    const names = strings(principal[element]);
    return names ? [[kind, names] as const] : [];
  });
  return Object.fromEntries(said);
}

/** Without resources, a spec means the bucket and all its objects. */
function unlessAll(resources: string[] | undefined): string[] | undefined {
  const isAll = resources?.length === 2 && resources.includes("{bucket}") && resources.includes("{bucket}/*");
  return isAll ? undefined : resources;
}

function inBucket(resource: string, bucketArn: string): string {
  return resource.startsWith(bucketArn) ? `{bucket}${resource.slice(bucketArn.length)}` : resource;
}

function conditions({ Condition }: Partial<Statement> = {}): PolicyStatement["conditions"] {
  const said = testsOf(Condition).map((test) => ({ ...test, values: [...new Set(test.values)] }));
  return said.length > 0 ? said : undefined;
}

function strings(values: OneOrMany | undefined): string[] | undefined {
  return values === undefined ? undefined : [...new Set(asList(values))];
}
