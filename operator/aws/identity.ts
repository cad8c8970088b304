import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { checkAnswers } from "./answers/middleware.ts";
import { baseConfig, createStsClient, type ClientPurpose, type ClientSettings } from "./clients.ts";
import { AccountMismatchError } from "./errors.ts";
import { guard, instrument } from "./instrument.ts";

/** Appears in CloudTrail and in messages of AWS. */
const ROLE_SESSION_NAME = "s3-operator";

/**
 * A role, and the external ID that its trust policy may require:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export interface AssumeRole {
  roleArn: string;
  externalId?: string;
}

/** Fetches the role's credentials with each call, with an STS client for `purpose`. */
export function assumeRoleProvider(
  settings: ClientSettings,
  { roleArn, externalId }: AssumeRole,
  { region, credentials, instruments }: ClientPurpose,
): AwsCredentialIdentityProvider {
  return fromTemporaryCredentials({
    masterCredentials: credentials,
    params: {
      RoleArn: roleArn,
      RoleSessionName: ROLE_SESSION_NAME,
      ...(externalId !== undefined && { ExternalId: externalId }),
    },
    clientConfig: baseConfig(settings, region),
    clientPlugins: [checkAnswers("sts"), guard(credentials, instruments.clock), instrument(instruments)],
  });
}

/**
 * The ARN of the caller. Needs no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @throws AccountMismatchError if the credentials belong to another account than `accountId`
 */
export async function callerArnOf(
  settings: ClientSettings,
  accountId: string,
  purpose: ClientPurpose,
): Promise<string> {
  const sts = createStsClient(settings, purpose);
  try {
    const { Account = "unknown", Arn = "unknown" } = await sts.send(new GetCallerIdentityCommand());
    if (Account !== accountId) throw new AccountMismatchError(accountId, Account, Arn);
    return Arn;
  } finally {
    sts.destroy();
  }
}
