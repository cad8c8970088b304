import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  SimulatePrincipalPolicyCommand,
  type ContextKeyTypeEnum,
  type EvaluationResult,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { parsePolicy, type PolicyDocument } from "../../aws/policy/document.ts";
import type { PolicyRequest } from "../../aws/policy/evaluation/request.ts";
import type { NamedPolicy, Read, RoleFindings, Simulated, Simulation } from "../findings.ts";
import { allRead, mapRead, readOrRemedy } from "./read-or-remedy.ts";

/** Simulates role policies, boundary and organization. For roles, AWS does not simulate policies of resources. */
export async function simulate(iam: IAMClient, request: PolicyRequest): Promise<Simulated> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: request.roleArn,
    ActionNames: [request.action],
    ResourceArns: [request.resource],
    ContextEntries: Object.entries(request.context).flatMap(([ContextKeyName, values]) => {
      return (values ?? []).map((value) => ({
        ContextKeyName,
        ContextKeyValues: [value],
        ContextKeyType: typeOf(value),
      }));
    }),
  });
  const answer = await readOrRemedy("iam:SimulatePrincipalPolicy", iam.send(command));
  return { request, simulation: mapRead(answer, (value) => value && simulationOf(value.EvaluationResults?.[0])) };
}

/** Type in IAM of a key such as aws:SecureTransport or s3:TlsVersion. */
function typeOf(value: string): ContextKeyTypeEnum {
  if (/^(true|false)$/.test(value)) return "boolean";
  return /^\d+\.\d+$/.test(value) ? "numeric" : "string";
}

function simulationOf(result: EvaluationResult = { EvalActionName: "", EvalDecision: undefined }): Simulation {
  const {
    EvalDecision,
    MissingContextValues = [],
    PermissionsBoundaryDecisionDetail,
    OrganizationsDecisionDetail,
  } = result;
  const { AllowedByPermissionsBoundary } = PermissionsBoundaryDecisionDetail ?? {};
  const { AllowedByOrganizations } = OrganizationsDecisionDetail ?? {};
  return {
    allowed: EvalDecision === "allowed",
    missing: MissingContextValues,
    ...(AllowedByPermissionsBoundary !== undefined && { allowedByBoundary: AllowedByPermissionsBoundary }),
    ...(AllowedByOrganizations !== undefined && { allowedByOrganization: AllowedByOrganizations }),
  };
}

export async function readRole(iam: IAMClient, roleArn: string): Promise<RoleFindings> {
  const RoleName = roleArn.split("/").at(-1) ?? "";
  const [inline, attached, boundary] = await Promise.all([
    inlinePolicies(iam, RoleName),
    attachedPolicies(iam, RoleName),
    boundaryOf(iam, RoleName),
  ]);
  return { policies: mapRead(allRead([inline, attached]), (lists) => lists.flat()), boundary };
}

/** Value undefined: the role does not exist. */
export async function readTrust(iam: IAMClient, roleArn: string): Promise<Read<PolicyDocument | undefined>> {
  const RoleName = roleArn.split("/").at(-1) ?? "";
  const answer = await readOrRemedy("iam:GetRole", iam.send(new GetRoleCommand({ RoleName })));
  return mapRead(answer, (value) => value?.Role && named("", value.Role.AssumeRolePolicyDocument).document);
}

async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<Read<NamedPolicy[]>> {
  const list = async () => {
    const names: string[] = [];
    for await (const page of paginateListRolePolicies({ client: iam }, { RoleName }))
      names.push(...(page.PolicyNames ?? []));
    return names;
  };
  const names = await readOrRemedy("iam:ListRolePolicies", list());
  if (names.remedy !== undefined) return { remedy: names.remedy };
  const documents = (names.value ?? []).map(async (PolicyName) => {
    const answer = await readOrRemedy(
      "iam:GetRolePolicy",
      iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    );
    return mapRead(answer, (value) => named(`inline policy '${PolicyName}'`, value?.PolicyDocument));
  });
  return allRead(await Promise.all(documents));
}

async function attachedPolicies(iam: IAMClient, RoleName: string): Promise<Read<NamedPolicy[]>> {
  const list = async () => {
    const arns: string[] = [];
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
      arns.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
    }
    return arns;
  };
  const arns = await readOrRemedy("iam:ListAttachedRolePolicies", list());
  if (arns.remedy !== undefined) return { remedy: arns.remedy };
  return allRead(await Promise.all((arns.value ?? []).map((arn) => managedPolicy(iam, arn))));
}

async function boundaryOf(iam: IAMClient, RoleName: string): Promise<Read<NamedPolicy | undefined>> {
  const answer = await readOrRemedy("iam:GetRole", iam.send(new GetRoleCommand({ RoleName })));
  if (answer.remedy !== undefined) return { remedy: answer.remedy };
  const arn = answer.value?.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  return arn === undefined ? { value: undefined } : managedPolicy(iam, arn);
}

/** Reads the default version: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
async function managedPolicy(iam: IAMClient, PolicyArn: string): Promise<Read<NamedPolicy>> {
  const policy = await readOrRemedy("iam:GetPolicy", iam.send(new GetPolicyCommand({ PolicyArn })));
  if (policy.remedy !== undefined) return { remedy: policy.remedy };
  const VersionId = policy.value?.Policy?.DefaultVersionId ?? "v1";
  const version = await readOrRemedy(
    "iam:GetPolicyVersion",
    iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId })),
  );
  return mapRead(version, (value) => named(PolicyArn, value?.PolicyVersion?.Document));
}

/** IAM percent-encodes documents. */
function named(name: string, encoded: string | undefined): NamedPolicy {
  return { name, document: parsePolicy(encoded && decodeURIComponent(encoded)) };
}
