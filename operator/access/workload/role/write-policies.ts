import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { PolicyDocument } from "../../../aws/policy/document.ts";
import { throwFailure, unlessGone } from "../../../reconcile/aws-failure.ts";
import type { RoleClient } from "./role-client.ts";

export async function putInlinePolicy(
  { iam, ref, arn, options }: RoleClient,
  PolicyName: string,
  document: PolicyDocument,
): Promise<void> {
  const command = new PutRolePolicyCommand({ ...ref, PolicyName, PolicyDocument: JSON.stringify(document) });
  await iam.send(command, options).catch(throwFailure("iam:PutRolePolicy", arn));
}

export async function deleteInlinePolicy({ iam, ref, arn, options }: RoleClient, PolicyName: string): Promise<void> {
  const command = new DeleteRolePolicyCommand({ ...ref, PolicyName });
  await unlessGone(iam.send(command, options), "iam:DeleteRolePolicy", arn);
}

export async function attachPolicy({ iam, ref, arn, options }: RoleClient, PolicyArn: string): Promise<void> {
  const command = new AttachRolePolicyCommand({ ...ref, PolicyArn });
  await iam.send(command, options).catch(throwFailure("iam:AttachRolePolicy", arn));
}

export async function detachPolicy({ iam, ref, arn, options }: RoleClient, PolicyArn: string): Promise<void> {
  const command = new DetachRolePolicyCommand({ ...ref, PolicyArn });
  await unlessGone(iam.send(command, options), "iam:DetachRolePolicy", arn);
}
