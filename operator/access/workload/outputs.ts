import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import { findCondition, removeCondition } from "../../kube/conditions.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { removeConfigMap } from "../outputs/config-map.ts";
import { annotates, releaseServiceAccount, ROLE_ARN_ANNOTATION } from "../outputs/service-account.ts";
import { noteRole, recordedRole } from "../status.ts";
import type { Work, WorkloadObservation } from "./observe.ts";

/** The condition that says whether the ServiceAccount has its annotation, where the spec asks for it. */
export const ANNOTATED = "ServiceAccountAnnotated";

/** Releases a ConfigMap and a ServiceAccount that the spec named before and no longer names. */
export async function dropFormerOutputs({ dependencies, context, desired, outputs }: Work): Promise<void> {
  const { client } = dependencies;
  const { object, signal } = context;
  const { configMapName } = object.status ?? {};
  const { serviceAccount: serviceAccountName } = recordedRole(object.status);
  if (configMapName !== undefined && configMapName !== outputs.configMapName) {
    await removeConfigMap(client, object, configMapName, signal);
  }
  const keepsAnnotation = annotates(object, desired.identity) && serviceAccountName === desired.workload.serviceAccount;
  if (serviceAccountName !== undefined && wasAnnotated(object) && !keepsAnnotation) {
    await releaseServiceAccount(client, object, serviceAccountName, signal);
  }
  context.status.configMapName = outputs.configMapName;
  const { serviceAccount } = desired.workload;
  noteRole(context.status, { ...recordedRole(context.status), serviceAccount });
}

function wasAnnotated({ status }: BucketAccess): boolean {
  return findCondition(status, ANNOTATED) !== undefined;
}

/** Records association and annotation in status. Returns milliseconds until the next read, or Infinity. */
export function noteOutputs({ context, desired }: Work, { association, serviceAccount }: WorkloadObservation): number {
  const { object, status, setCondition } = context;
  const { identity, workload } = desired;
  const { associationArn: recorded, ...role } = recordedRole(status);
  const isGone = desired.association === undefined && association?.former === undefined;
  const associationArn = isGone ? undefined : (association?.current?.associationArn ?? recorded);
  noteRole(status, { ...role, ...(associationArn !== undefined && { associationArn }) });
  if (!annotates(object, identity)) {
    status.conditions = removeCondition(status.conditions, ANNOTATED);
    return Infinity;
  }
  const name = `ServiceAccount '${workload.serviceAccount}'`;
  if (serviceAccount === undefined) {
    const message = `${name} does not exist yet; once it does, it gets the annotation`;
    setCondition({ type: ANNOTATED, status: "False", reason: REASON.serviceAccountNotFound, message });
    return DELAY_MS.serviceAccount;
  }
  const annotated = serviceAccount.metadata.annotations?.[ROLE_ARN_ANNOTATION] === desired.roleArn;
  const message = annotated ? `${name} has the annotation` : `The annotation of ${name} is not this object's`;
  const reason = annotated ? "Succeeded" : REASON.serviceAccountNotOwned;
  setCondition({ type: ANNOTATED, status: annotated ? "True" : "False", reason, message });
  return Infinity;
}
