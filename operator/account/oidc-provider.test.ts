import { expect, test } from "vitest";
import type { AWSAccountSpec } from "../api/types.ts";
import type { AwsSession } from "../aws/session.ts";
import { sdkError } from "../bucket/testing/fake-bucket.ts";
import { awsAccount } from "../bucket/testing/fixtures.ts";
import { thrownFailure } from "../bucket/testing/thrown.ts";
import { checkOidcProviders } from "./oidc-provider.ts";

const PREFIX = "arn:aws:iam::111122223333:oidc-provider/";
const CLUSTER = `${PREFIX}oidc.eks.eu-central-1.amazonaws.com/id/ABC`;
const GITHUB = `${PREFIX}token.actions.githubusercontent.com`;

type Answer = { ClientIDList?: string[] } | Error;

function checking(spec: Partial<AWSAccountSpec>, answers: Record<string, Answer>) {
  const asked: string[] = [];
  const send = async ({ input }: { input: { OpenIDConnectProviderArn: string } }) => {
    const { OpenIDConnectProviderArn: arn } = input;
    asked.push(arn);
    const answer = answers[arn] ?? sdkError("NoSuchEntityException", 404);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const session = { iam: () => ({ send }) } as unknown as AwsSession;
  const run = () => checkOidcProviders(session, awsAccount(spec).spec, new AbortController().signal);
  return { run, asked };
}

const workloadIdentity = { type: "IRSA", oidcProviderArn: CLUSTER } as const;

test("an account that names no provider is not read", async () => {
  const { run, asked } = checking({ workloadIdentity: { type: "PodIdentity", clusterName: "main" } }, {});
  await run();
  expect(asked).toEqual([]);
});

test("a provider with the audience of Pods is fine", async () => {
  await checking({ workloadIdentity }, { [CLUSTER]: { ClientIDList: ["vault", "sts.amazonaws.com"] } }).run();
});

test("a provider that does not exist is told, with its field and what to do", async () => {
  const failure = await thrownFailure(checking({ workloadIdentity }, {}).run);
  expect(failure).toMatchObject({ reason: "OIDCProviderNotFound", terminal: true });
  expect(failure.message).toContain(`'${CLUSTER}' (spec.workloadIdentity.oidcProviderArn)`);
  expect(failure.message).toContain("trailing '/'");
});

test.each([[[]], [["vault"]], [undefined]])("a provider with the audiences %j is told", async (audiences) => {
  const answers = { [CLUSTER]: audiences === undefined ? {} : { ClientIDList: audiences } };
  const failure = await thrownFailure(checking({ workloadIdentity }, answers).run);
  expect(failure).toMatchObject({ reason: "OIDCAudienceMissing", terminal: true });
  expect(failure.message).toContain("--client-id sts.amazonaws.com");
});

test("providers of rules are looked at too, each once, and may have any audience", async () => {
  const rules = [CLUSTER, GITHUB, GITHUB].map((providerArn) => ({
    webIdentities: [{ providerArn, subjects: ["repo:acme/*"] }],
  }));
  const spec = { workloadIdentity, access: { rules } };
  const ours = { [CLUSTER]: { ClientIDList: ["sts.amazonaws.com"] } };
  const found = checking(spec, { ...ours, [GITHUB]: { ClientIDList: ["acme"] } });
  await found.run();
  expect(found.asked).toEqual([CLUSTER, GITHUB]);
  const failure = await thrownFailure(checking(spec, ours).run);
  expect(failure.message).toContain(`'${GITHUB}' (spec.access.rules[1].webIdentities)`);
});

test.each([
  ["denied", sdkError("AccessDenied", 403)],
  ["throttled", sdkError("Throttling", 400)],
])("a read that is %s says nothing about the provider", async (_, error) => {
  await checking({ workloadIdentity }, { [CLUSTER]: error }).run();
});
