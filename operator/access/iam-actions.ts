/**
 * IAM actions on roles, for BucketAccesses of ServiceAccounts. `iam.rolePath` of the AWSAccount can limit them to the
 * operator's own roles.
 */
export const ROLE_ACTIONS = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListRolePolicies",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
] as const;

/** On EKS clusters and their associations, for `identity: PodIdentity`. */
export const ASSOCIATION_ACTIONS = [
  "eks:CreatePodIdentityAssociation",
  "eks:DeletePodIdentityAssociation",
  "eks:DescribePodIdentityAssociation",
  "eks:ListPodIdentityAssociations",
  "eks:TagResource",
  "eks:UpdatePodIdentityAssociation",
] as const;

/** To pass the role of an association to EKS. */
export const PASS_ROLE_ACTIONS = ["iam:PassRole"] as const;

/** To find roles that no BucketAccess asks for. Lists of roles cannot be limited to a path. */
export const SWEEP_ACTIONS = ["iam:ListRoles"] as const;
