/** A platform with Flux, and with the operator, which Flux has installed. */
import type { AWSAccountSpec } from "../../../operator/api/types.ts";
import { SYSTEM } from "../../helm/support/cluster.ts";
import { addOidcProvider } from "../../integration/support/world/access.ts";
import { startPlatform, type Platform } from "../platform.ts";
import { startControllers } from "./controllers.ts";
import { exampleObject, GIT_REPOSITORIES, HELM_RELEASES, isDone, type FluxObject } from "./objects.ts";
import { createTeam, type Team } from "./team.ts";

/** The name of the operator's GitRepository and HelmRelease. */
export const OPERATOR = "s3-operator";
export const CHART = "charts/s3-operator";

export interface Flux extends AsyncDisposable {
  platform: Platform;
  /** The team of the operator's namespace. */
  operators: Team;
}

export async function startFlux(): Promise<Flux> {
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await startPlatform());
  stack.use(await startControllers(platform));
  const operators = stack.use(await createTeam(platform, SYSTEM));
  await platform.repository.commitFolder(CHART);
  const end = stack.move();
  return { platform, operators, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

interface Values {
  account: { spec: AWSAccountSpec };
}

/** The values of the example, and those of the platform. Creates the OIDC provider that they name. */
export function valuesFor({ account, chartValues }: Platform): object {
  const values = exampleObject(HELM_RELEASES, OPERATOR).spec["values"] as Values;
  const { oidcProviderArn = "" } = values.account.spec.workloadIdentity ?? {};
  addOidcProvider(account, oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1));
  // Otherwise an old answer of S3 could explain a change at AWS in the first 90 seconds.
  const operator = { ...chartValues.operator, settleWindow: "1s" };
  // The stand-in for the node does not restart an operator that has lost its lease on a busy machine.
  const leaderElection = { leaseDuration: "90s", renewDeadline: "60s", retryPeriod: "2s" };
  return { ...values, ...chartValues, operator, leaderElection };
}

/** Applies the example's HelmRelease of the operator; resolves when Flux has installed it. */
export async function installOperator({ platform, operators }: Flux): Promise<FluxObject> {
  await operators.deliver(GIT_REPOSITORIES, OPERATOR, { ref: { branch: "main" } });
  await operators.deliver(HELM_RELEASES, OPERATOR, {
    values: valuesFor(platform),
    driftDetection: { mode: "enabled" },
  });
  return operators.when<FluxObject>(HELM_RELEASES, OPERATOR, isDone);
}
