import { DeletePodIdentityAssociationCommand, type PodIdentityAssociationSummary } from "@aws-sdk/client-eks";
import { roleOwnerIn } from "../../api/ownership.ts";
import { clusterArn } from "../../aws/arn.ts";
import { unlessGone } from "../../reconcile/aws-failure.ts";
import { serviceAccountOwner } from "../workload/contributors.ts";
import { roleKeyOf } from "../workload/memory.ts";
import { serviceAccountsOf } from "./expected.ts";
import { listAssociations, readAssociation } from "./read.ts";
import type { SweepRun } from "./run.ts";
import type { EksCluster } from "./scope.ts";

/** Deletes Pod Identity associations of the operator for ServiceAccounts that no BucketAccess names. */
export async function sweepAssociations(run: SweepRun): Promise<void> {
  for (const cluster of run.scope.clusters) await run.attempt(() => sweepCluster(run, cluster));
}

async function sweepCluster(run: SweepRun, { name, region }: EksCluster): Promise<void> {
  const { session, expected, live, memory, signal } = run;
  const arn = clusterArn(session.partition, region, session.accountId, name);
  const all = await listAssociations(session.eks(region), name, arn, signal);
  run.roles.noteAssociations(arn, new Set(all.map(serviceAccountOf)));
  const surplus = all.filter(
    (association) =>
      run.isWatched(association.namespace ?? "") &&
      !expected.serviceAccounts.has(serviceAccountOf(association)) &&
      !memory.isForeign(association.associationArn ?? ""),
  );
  if (surplus.length === 0) return;
  const named = new Set((await live.askingAtFirst()).flatMap(serviceAccountsOf));
  for (const association of surplus.filter((each) => !named.has(serviceAccountOf(each)))) {
    await run.attempt(() => sweepAssociation(run, region, association));
  }
}

async function sweepAssociation(
  run: SweepRun,
  region: string,
  association: PodIdentityAssociationSummary,
): Promise<void> {
  const { session, cluster, live, signal } = run;
  const { namespace = "", clusterName, associationId, associationArn = "" } = association;
  const eks = session.eks(region);
  const serviceAccount = serviceAccountOf(association);
  const owner = serviceAccountOwner(cluster, namespace, association.serviceAccount ?? "");
  await run.roles.exclusive(roleKeyOf(owner), signal, async () => {
    const read = await readAssociation(eks, association, signal);
    if (read === undefined) return;
    if (roleOwnerIn(read.tags ?? {}, cluster)?.namespace !== namespace) {
      run.memory.noteForeign(associationArn);
      return;
    }
    const asking = await live.asking(namespace);
    if (asking.some((access) => serviceAccountsOf(access).includes(serviceAccount))) return;
    const command = new DeletePodIdentityAssociationCommand({ clusterName, associationId });
    const deletion = eks.send(command, { abortSignal: signal });
    await unlessGone(deletion, "eks:DeletePodIdentityAssociation", associationArn);
    const why = `no BucketAccess names ServiceAccount '${serviceAccount}'`;
    run.revoked("association", `Deleted association '${associationArn}': ${why}`);
  });
}

function serviceAccountOf({ namespace, serviceAccount }: PodIdentityAssociationSummary): string {
  return `${namespace}/${serviceAccount}`;
}
