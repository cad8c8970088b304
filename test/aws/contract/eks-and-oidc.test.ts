/** Pod Identity associations, clusters and identity providers: FACTS.md#eks-pod-identity. */

import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  UpdatePodIdentityAssociationCommand,
  type CreatePodIdentityAssociationCommandInput,
} from "@aws-sdk/client-eks";
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { simulatorTest, startTarget, type Target } from "./target.ts";

let target: Target;
let counter = 0;
const clusterName = "prod";

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

const account = () => target.simulator.account(target.accountId);
const error = (name: string, status: number) => ({ name, $metadata: { httpStatusCode: status } });
const INVALID = error("InvalidParameterException", 400);
const NOT_FOUND = error("ResourceNotFoundException", 404);

async function podRole(Principal: object = { Service: "pods.eks.amazonaws.com" }): Promise<string> {
  const Statement = [{ Effect: "Allow", Principal, Action: ["sts:AssumeRole", "sts:TagSession"] }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  const RoleName = `pod-${++counter}`;
  const { Role } = await target
    .iam()
    .send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Path: "/s3op/" }));
  return Role?.Arn ?? "";
}

async function associated(input: Partial<CreatePodIdentityAssociationCommandInput> = {}) {
  const roleArn = input.roleArn ?? (await podRole());
  const names = { clusterName, namespace: "team-a", serviceAccount: `sa-${++counter}` };
  const { association } = await target
    .eks()
    .send(new CreatePodIdentityAssociationCommand({ ...names, ...input, roleArn }));
  return { roleArn, ...names, ...association };
}

describe("Pod Identity associations", () => {
  beforeAll(() => void account().addCluster(clusterName));

  simulatorTest("associations are created, described, updated and deleted", async () => {
    const { roleArn, serviceAccount, associationId } = await associated({ tags: { owner: "s3-operator" } });
    const describeIt = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
    const { association } = await target.eks().send(describeIt);
    expect(association).toMatchObject({
      clusterName,
      namespace: "team-a",
      serviceAccount,
      roleArn,
      disableSessionTags: false,
      tags: { owner: "s3-operator" },
      associationArn: `arn:aws:eks:us-east-1:${target.accountId}:podidentityassociation/${clusterName}/${associationId}`,
    });
    expect(association?.createdAt).toBeInstanceOf(Date);
    const other = await podRole();
    await target.eks().send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn: other }));
    expect((await target.eks().send(describeIt)).association?.roleArn).toBe(other);
    await target.eks().send(new DeletePodIdentityAssociationCommand({ clusterName, associationId }));
    await expect(target.eks().send(describeIt)).rejects.toMatchObject(NOT_FOUND);
  });

  simulatorTest("a service account has one association, which a repeated request returns", async () => {
    const { roleArn, associationId, serviceAccount } = await associated({ clientRequestToken: "token" });
    expect((await associated({ roleArn, serviceAccount, clientRequestToken: "token" })).associationId).toBe(
      associationId,
    );
    const taken = associated({ roleArn, serviceAccount, clientRequestToken: "another" });
    await expect(taken).rejects.toMatchObject({
      ...error("ResourceInUseException", 409),
      message: `Association already exists: ${associationId}`,
    });
    await associated({ serviceAccount, namespace: "team-b" });
  });

  simulatorTest("associations are listed by namespace and service account, in pages", async () => {
    const made = [await associated({ namespace: "listed" }), await associated({ namespace: "listed" })];
    const list = async (input: object) => {
      const command = new ListPodIdentityAssociationsCommand({ clusterName, namespace: "listed", ...input });
      const { associations = [], nextToken } = await target.eks().send(command);
      return { ids: associations.map(({ associationId }) => associationId), nextToken };
    };
    expect((await list({ serviceAccount: made[1]?.serviceAccount })).ids).toEqual([made[1]?.associationId]);
    const first = await list({ maxResults: 1 });
    const second = await list({ maxResults: 1, nextToken: first.nextToken });
    expect([...first.ids, ...second.ids].toSorted()).toEqual(made.map(({ associationId }) => associationId).toSorted());
    expect(second.nextToken).toBeUndefined();
  });

  simulatorTest("an association needs an existing role that trusts pods", async () => {
    const nobody = associated({ roleArn: `arn:aws:iam::${target.accountId}:role/nobody` });
    await expect(nobody).rejects.toMatchObject({ ...INVALID, message: "Role provided in the request does not exist." });
    const ofEc2 = associated({ roleArn: await podRole({ Service: "ec2.amazonaws.com" }) });
    await expect(ofEc2).rejects.toMatchObject({ ...INVALID, message: "Trust policy of the role provided is invalid." });
    account().newRolesUnknownFor = 1;
    const roleArn = await podRole();
    account().newRolesUnknownFor = 0;
    await expect(associated({ roleArn })).rejects.toMatchObject(INVALID);
    await associated({ roleArn });
  });

  simulatorTest("an association's session policy has at most 2,048 characters and excludes session tags", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await expect(associated({ policy })).rejects.toMatchObject(INVALID);
    const disabled = { disableSessionTags: true };
    await expect(associated({ ...disabled, policy: policy + " ".repeat(2048) })).rejects.toMatchObject(INVALID);
    expect((await associated({ ...disabled, policy })).policy).toBe(policy);
  });

  simulatorTest("an association with a target role has an external ID", async () => {
    const targetRoleArn = "arn:aws:iam::222233334444:role/target";
    const { associationId, externalId } = await associated({ targetRoleArn });
    expect(externalId).toBeTruthy();
    const { association } = await target
      .eks()
      .send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, targetRoleArn: "" }));
    expect([association?.targetRoleArn, association?.externalId]).toEqual([undefined, undefined]);
  });

  simulatorTest("an association needs iam:PassRole on the role, and a cluster in the region", async () => {
    const roleArn = await podRole();
    const remove = target.simulator.faults.deny("iam:PassRole");
    await expect(associated({ roleArn })).rejects.toMatchObject({
      ...error("AccessDeniedException", 403),
      message: expect.stringContaining(`iam:PassRole on resource: "${roleArn}"`) as string,
    });
    remove();
    const elsewhere = target.eks({ region: "eu-west-1" }).send(new ListPodIdentityAssociationsCommand({ clusterName }));
    await expect(elsewhere).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("clusters and identity providers", () => {
  simulatorTest("CreateOpenIDConnectProvider makes a cluster's issuer an identity provider", async () => {
    const { oidcIssuer } = account().addCluster("with-issuer");
    const { cluster } = await target.eks().send(new DescribeClusterCommand({ name: "with-issuer" }));
    const issuer = cluster?.identity?.oidc?.issuer;
    expect(issuer).toBe(oidcIssuer);
    const create = new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ["sts.amazonaws.com"] });
    const { OpenIDConnectProviderArn = "" } = await target.iam().send(create);
    const host = oidcIssuer.slice("https://".length);
    expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${target.accountId}:oidc-provider/${host}`);
    await expect(target.iam().send(create)).rejects.toMatchObject(error("EntityAlreadyExistsException", 409));
    const get = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    expect(await target.iam().send(get)).toMatchObject({ Url: host, ClientIDList: ["sts.amazonaws.com"] });
    const { OpenIDConnectProviderList = [] } = await target.iam().send(new ListOpenIDConnectProvidersCommand({}));
    expect(OpenIDConnectProviderList).toContainEqual({ Arn: OpenIDConnectProviderArn });
    await target.iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    await expect(target.iam().send(get)).rejects.toMatchObject(error("NoSuchEntityException", 404));
  });
});
