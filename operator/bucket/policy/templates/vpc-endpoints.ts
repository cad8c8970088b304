import { SID_PREFIX } from "../compose.ts";
import { bucketAndObjects, exemptPrincipals, NOT_A_SERVICE, type Template } from "./context.ts";

/**
 * Denies requests from outside the VPC endpoints. Exempts AWS services, which use their own networks: with their own
 * identity, a service-linked role, or the caller's permissions (`aws:ViaAWSService`).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export const vpcEndpoints: Template = ({ vpcEndpoints = [] }, context) => {
  if (vpcEndpoints.length === 0) return [];
  const serviceLinkedRoles = `arn:${context.partition}:iam::${context.accountId}:role/aws-service-role/*`;
  return [
    {
      Sid: `${SID_PREFIX}DenyOutsideVPCEndpoints`,
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: bucketAndObjects(context.bucketArn),
      Condition: {
        StringNotEqualsIfExists: { "aws:SourceVpce": [...vpcEndpoints] },
        BoolIfExists: { ...NOT_A_SERVICE, "aws:ViaAWSService": "false" },
        ArnNotLikeIfExists: { "aws:PrincipalArn": [...exemptPrincipals(context), serviceLinkedRoles] },
      },
    },
  ];
};
