/**
 * Evaluates policies with a third-party evaluator, @cloud-copilot/iam-simulate.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

import {
  isWildcardOnlyAction,
  runSimulation,
  type Simulation,
  type SimulationRequestPrincipal,
} from "@cloud-copilot/iam-simulate";
import type { Json } from "../policy-json.ts";
import { contextForEvaluator, policyForEvaluator, resourceForEvaluator } from "./dialect.ts";

/** Condition keys and their values. */
export type RequestContext = Record<string, string | string[]>;

/** Asks whether a principal may do an action on a resource. */
export interface Question {
  /** ARN of a user, role session or identity provider, or the name of a service. */
  principal: SimulationRequestPrincipal;
  /** IAM action. */
  action: string;
  /** ARN; "*" for actions without a resource. */
  resource: string;
  /** Account that owns the resource. */
  resourceAccount: string;
  context: RequestContext;
  /** RestrictPublicBuckets applies to the resource. */
  restrictPublicBuckets?: boolean;
}

/** The policies to evaluate; undefined where there is none of that type. */
export interface Policies {
  identity: Json[];
  permissionsBoundary: Json | undefined;
  session: Json | undefined;
  resource: Json | undefined;
}

type Outcome = Awaited<ReturnType<typeof runSimulation>>;
type Analysis = Extract<Outcome, { resultType: "single" }>["result"]["analysis"];

/**
 * Undefined if the policies allow the request. Otherwise the reason in AWS's words, which names the type of policy that
 * denies it or lacks an allow: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export async function denialOf(question: Question, policies: Policies): Promise<string | undefined> {
  const [service = "", name = ""] = question.action.split(":");
  const resource = (await isWildcardOnlyAction(service, name)) ? "*" : question.resource;
  const outcome = await runSimulation(simulation({ ...question, resource }, policies), {});
  if (outcome.resultType !== "single")
    throw new Error(`${question.action} on ${question.resource}: ${JSON.stringify(outcome)}`);
  const { analysis } = outcome.result;
  if (analysis.result === "Allowed") return undefined;
  if (analysis.result === "ExplicitlyDenied") return `with an explicit deny in ${denyingLayer(analysis)}`;
  return `because no ${missingLayer(analysis)} allows the ${question.action} action`;
}

function simulation(question: Question, { identity, permissionsBoundary, session, resource }: Policies): Simulation {
  const { principal, action, resource: arn, resourceAccount, context, restrictPublicBuckets = false } = question;
  const named = (name: string, policy: Json) => ({ name, policy: policyForEvaluator(policy) });
  return {
    request: {
      principal,
      action,
      resource: { resource: resourceForEvaluator(arn), accountId: resourceAccount },
      contextVariables: contextForEvaluator(context),
    },
    identityPolicies: identity.map((policy, index) => named(`identity-${index}`, policy)),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    sessionPolicy: session && policyForEvaluator(session),
    additionalSettings: { s3: { blockPublicAccess: restrictPublicBuckets } },
    ...(resource !== undefined && { resourcePolicy: policyForEvaluator(resource) }),
    ...(permissionsBoundary !== undefined && { permissionBoundaryPolicies: [named("boundary", permissionsBoundary)] }),
  };
}

function denyingLayer({ identityAnalysis, permissionBoundaryAnalysis, sessionAnalysis }: Analysis): string {
  if (identityAnalysis?.result === "ExplicitlyDenied") return "an identity-based policy";
  if (permissionBoundaryAnalysis?.result === "ExplicitlyDenied") return "a permissions boundary";
  if (sessionAnalysis?.result === "ExplicitlyDenied") return "a session policy";
  return "a resource-based policy";
}

function missingLayer({ identityAnalysis, permissionBoundaryAnalysis, sessionAnalysis }: Analysis): string {
  if (identityAnalysis?.result === "ImplicitlyDenied") return "identity-based policy";
  if (permissionBoundaryAnalysis?.result === "ImplicitlyDenied") return "permissions boundary";
  if (sessionAnalysis?.result === "ImplicitlyDenied") return "session policy";
  return "resource-based policy";
}
