import { readFileSync } from "node:fs";
import { ACCOUNT_ID } from "../../helm/support/cluster.ts";
import { addOidcProvider } from "../../integration/support/world/access.ts";
import { startPlatform, type Platform } from "../platform.ts";
import { applicationsOf, exampleApplication, isSynced, type Application, type Applications } from "./applications.ts";
import { startArgoCd, type ArgoCd } from "./argocd.ts";

/** Argo CD, with the operator as examples/gitops and docs/gitops.md install it. */
export interface Installed extends AsyncDisposable {
  platform: Platform;
  argocd: ArgoCd;
  applications: Applications;
}

export const OPERATOR = "s3-operator";
const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
/** That of the example. */
export const WORKLOAD_IDENTITY = {
  type: "IRSA",
  oidcProviderArn: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${ISSUER}`,
};

export async function startInstalled(): Promise<Installed> {
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await startPlatform("s3-operator"));
  const argocd = stack.use(await startArgoCd(platform));
  const applications = stack.use(await applicationsOf(platform));
  await platform.kubectl(documentedPatch());
  addOidcProvider(platform.account, ISSUER);
  const commit = await platform.repository.commitFolder("charts/s3-operator");
  await applications.apply(operatorApplication(platform));
  await applications.when(OPERATOR, isSynced(commit));
  const end = stack.move();
  return { platform, argocd, applications, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** The words of the command that adds health checks and actions. */
function documentedPatch(): string[] {
  const command = /^kubectl (.*argocd-cm.*)$/m.exec(readFileSync("docs/gitops.md", "utf8"))?.[1];
  if (command === undefined) throw new Error("docs/gitops.md has no command that patches argocd-cm");
  return command.split(" ");
}

/** The example's, with values for the simulator. */
export function operatorApplication(platform: Platform, values: object = {}): Application {
  const { spec, ...application } = exampleApplication(OPERATOR, platform);
  const valuesObject = { ...spec.source.helm?.valuesObject, ...platform.chartValues, ...values };
  return { ...application, spec: { ...spec, source: { ...spec.source, helm: { valuesObject } } } };
}
