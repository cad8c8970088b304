import { GetOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import { REASON } from "../api/reasons.ts";
import type { AWSAccountSpec } from "../api/types.ts";
import type { AwsSession } from "../aws/session.ts";
import { unlessGone } from "../reconcile/aws-failure.ts";
import { DELAY_MS } from "../reconcile/delays.ts";
import { failureIn, stalled } from "../reconcile/outcome.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const OIDC_PROVIDER_ACTIONS = ["iam:GetOpenIDConnectProvider"] as const;
const [READ] = OIDC_PROVIDER_ACTIONS;

/**
 * The audience of the tokens that EKS gives to Pods for IRSA.
 * https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
 */
const POD_AUDIENCE = "sts.amazonaws.com";

/** An OIDC provider that the spec names. */
interface NamedProvider {
  arn: string;
  /** Its place in the spec. */
  field: string;
  /** An audience that the provider must accept. */
  audience?: string;
}

/**
 * Throws an OutcomeError for the first OIDC provider of the spec that does not exist, or does not accept the tokens of
 * Pods: no role can be assumed with its tokens then, and AWS tells that only to the Pods. If the read fails, as when
 * it is denied, nothing is said about the provider.
 */
export async function checkOidcProviders(
  session: AwsSession,
  spec: AWSAccountSpec,
  signal: AbortSignal,
): Promise<void> {
  for (const provider of namedProviders(spec)) {
    const accepted = await audiencesOf(session, provider.arn, signal);
    if (accepted === "Unknown") continue;
    if (accepted === "Absent") throw stalled(REASON.oidcProviderNotFound, notFound(provider), DELAY_MS.oidcProvider);
    if (provider.audience === undefined || accepted.includes(provider.audience)) continue;
    throw stalled(REASON.oidcAudienceMissing, withoutAudience(provider), DELAY_MS.oidcProvider);
  }
}

/** Each provider once; that of the cluster first. */
function namedProviders({ workloadIdentity, access }: AWSAccountSpec): NamedProvider[] {
  const { oidcProviderArn } = workloadIdentity ?? {};
  const ofCluster =
    oidcProviderArn === undefined
      ? []
      : [{ arn: oidcProviderArn, field: "spec.workloadIdentity.oidcProviderArn", audience: POD_AUDIENCE }];
  const ofRules = (access?.rules ?? []).flatMap(({ webIdentities = [] }, index) =>
    webIdentities.map(({ providerArn }) => ({ arn: providerArn, field: `spec.access.rules[${index}].webIdentities` })),
  );
  const all: NamedProvider[] = [...ofCluster, ...ofRules];
  return all.filter(({ arn }, index) => all.findIndex((other) => other.arn === arn) === index);
}

async function audiencesOf(
  session: AwsSession,
  arn: string,
  abortSignal: AbortSignal,
): Promise<readonly string[] | "Absent" | "Unknown"> {
  const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn });
  try {
    const answer = await unlessGone(session.iam().send(command, { abortSignal }), READ, arn);
    return answer === undefined ? "Absent" : (answer.ClientIDList ?? []);
  } catch (error) {
    // A denial is in status.denied; the account works without this read.
    if (failureIn(error) !== undefined && !abortSignal.aborted) return "Unknown";
    throw error;
  }
}

function notFound({ arn, field }: NamedProvider): string {
  return (
    `The AWS account has no OIDC provider '${arn}' (${field}), so that no role can be assumed with its tokens: create it, ` +
    "with the URL of the issuer exactly as the tokens have it (port, path and a trailing '/' included), or correct the ARN. " +
    "Buckets and Pod Identity do not need it"
  );
}

function withoutAudience({ arn, field, audience }: NamedProvider): string {
  return (
    `OIDC provider '${arn}' (${field}) does not accept the audience '${audience}' of the tokens of Pods: ` +
    `add it with 'aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${arn}'`
  );
}
