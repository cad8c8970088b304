import { SID_PREFIX } from "../compose.ts";
import { bucketAndObjects, exemptPrincipals, NOT_A_SERVICE, type Template } from "./context.ts";

/**
 * Denies principals outside the organization, and anonymous requests. No exemption by `aws:ViaAWSService`, because a
 * service that forwards a request has the caller's organization.
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
