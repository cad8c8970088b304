import { SID_PREFIX } from "../compose.ts";
import { bucketAndObjects, exemptPrincipals, NOT_A_SERVICE, type Template } from "./context.ts";

/**
 * Denies all callers outside the organization, including anonymous ones. A service that acts for a caller
 * (`aws:ViaAWSService`) has the caller's organization and needs no exemption.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export const organization: Template = ({ organizationId }, context) => {
  if (organizationId === undefined) return [];
  return [
    {
      Sid: `${SID_PREFIX}DenyOutsideOrganization`,
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: bucketAndObjects(context.bucketArn),
      Condition: {
        StringNotEqualsIfExists: { "aws:PrincipalOrgID": organizationId },
        BoolIfExists: NOT_A_SERVICE,
        ArnNotLikeIfExists: { "aws:PrincipalArn": exemptPrincipals(context) },
      },
    },
  ];
};
