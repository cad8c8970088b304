import {
  anonymousPrincipal,
  runSimulation,
  type EvaluationResult,
  type SimulationRequestPrincipal,
} from "@cloud-copilot/iam-simulate";
import type { Statement } from "../../../aws/policy/document.ts";
import { ACCOUNT, BUCKET_ARN, OPERATOR_ARN } from "./context.ts";

/** A caller. In the bucket's account its own policies allow everything, so that only the bucket policy can deny. */
export interface Caller {
  principal: SimulationRequestPrincipal;
  context: Record<string, string>;
}

export const ORGANIZATION = "o-a1b2c3d4e5";
export const ENDPOINT = "vpce-0123456789abcdef0";

/** Uses TLS, and no VPC endpoint. */
const CONNECTION = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:ViaAWSService": "false" };

function role(name: string, path = "", accountId = ACCOUNT, organizationId = ORGANIZATION): Caller {
  return {
    principal: `arn:aws:sts::${accountId}:assumed-role/${name}/session`,
    context: {
      "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/${path}${name}`,
      "aws:PrincipalAccount": accountId,
      "aws:PrincipalOrgID": organizationId,
      "aws:PrincipalIsAWSService": "false",
    },
  };
}

export const APP = role("app");
export const OUTSIDER = role("app", "", "444455556666", "o-elsewhere0");
export const ANONYMOUS: Caller = { principal: anonymousPrincipal, context: {} };
export const ROOT: Caller = {
  principal: `arn:aws:iam::${ACCOUNT}:root`,
  context: { ...APP.context, "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:root` },
};

/** The operator, with a role path that its session ARN does not contain. */
export function operator(path = "team/"): Caller {
  return { ...role("operator", path), principal: OPERATOR_ARN };
}

export function service(name: string, context: Record<string, string> = {}): Caller {
  return {
    principal: name,
    context: { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": name, ...context },
  };
}

/** The decision of an independent IAM evaluator; `key` undefined: on the bucket itself. */
export async function verdict(
  statements: readonly Statement[],
  { principal, context }: Caller,
  action: string,
  key: string | undefined,
  request: Record<string, string> = {},
): Promise<EvaluationResult> {
  const isOwn = typeof principal === "string" && principal.includes(`:${ACCOUNT}:`);
  const resource = key === undefined ? BUCKET_ARN : `${BUCKET_ARN}/${key}`;
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { ...CONNECTION, ...context, ...request },
      },
      identityPolicies: isOwn ? [{ name: "everything", policy: document([EVERYTHING]) }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(statements.length > 0 && { resourcePolicy: document(statements) }),
    },
    {},
  );
  if (outcome.resultType === "error") throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult;
}

const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

function document(Statement: readonly object[]): object {
  return { Version: "2012-10-17", Statement };
}
