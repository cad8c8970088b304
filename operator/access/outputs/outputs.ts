import { REASON } from "../../api/reasons.ts";
import type { BucketAccess } from "../../api/types.ts";
import { removeCondition, findCondition } from "../../kube/conditions.ts";
import type { Sight, Work } from "../workload/observe.ts";
import { endpointOf } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import { type Outputs, removeConfigMap } from "./config-map.ts";
import { annotates, releaseServiceAccount, ROLE_ARN_ANNOTATION } from "./service-account.ts";

/** The condition that says whether the ServiceAccount has its annotation, where that was asked for. */
export const ANNOTATED = "ServiceAccountAnnotated";

/** A ServiceAccount that is not there yet is looked for this often: no watch tells of it. */
const SERVICE_ACCOUNT_RECHECK_MS = 30_000;

/** Keys are documented in docs/access.md. The prefix for every key is "", since it is put before the names of objects. */
export function outputsOf(
  { spec, metadata }: BucketAccess,
  { bucket }: Pick<AccessTarget, "bucket">,
  roleArn: string | undefined,
): Outputs {
  const prefixes = spec.grants.map(({ prefix }) => (prefix === "*" ? "" : prefix));
  const { name, region, encryption } = bucket;
  return {
    configMapName: spec.configMapName ?? metadata.name,
    data: {
      BUCKET_NAME: name,
      BUCKET_REGION: region,
      BUCKET_HOST: endpointOf(region),
      BUCKET_PREFIX: prefixes[0] ?? "",
      BUCKET_PREFIXES: prefixes.join("\n"),
      ...(roleArn !== undefined && { ROLE_ARN: roleArn }),
      ...(encryption && { KMS_KEY_ARN: encryption.kmsKeyArn }),
    },
  };
}

/** A ConfigMap and a ServiceAccount that the spec named before, and names no more. */
export async function dropFormerOutputs({ dependencies, context, declaration, outputs }: Work): Promise<void> {
  const { client } = dependencies;
  const { object, signal } = context;
  const { configMapName, serviceAccountName } = object.status ?? {};
  if (configMapName !== undefined && configMapName !== outputs.configMapName) {
    await removeConfigMap(client, object, configMapName, signal);
  }
  const keepsAnnotation =
    annotates(object, declaration.identity) && serviceAccountName === declaration.workload.serviceAccount;
  if (serviceAccountName !== undefined && wasAnnotated(object) && !keepsAnnotation) {
    await releaseServiceAccount(client, object, serviceAccountName, signal);
  }
  context.status.configMapName = outputs.configMapName;
  context.status.serviceAccountName = declaration.workload.serviceAccount;
}

function wasAnnotated({ status }: BucketAccess): boolean {
  return findCondition(status, ANNOTATED) !== undefined;
}

/** What came of the association and the annotation; milliseconds until the ServiceAccount is to be looked for again, or none. */
export function noteOutputs({ context, declaration }: Work, { association, serviceAccount }: Sight): number {
  const { object, status, setCondition } = context;
  const { identity, workload } = declaration;
  if (declaration.association === undefined && association?.former === undefined) delete status.associationArn;
  else if (association?.current?.associationArn !== undefined)
    status.associationArn = association.current.associationArn;
  if (!annotates(object, identity)) {
    status.conditions = removeCondition(status.conditions, ANNOTATED);
    return Infinity;
  }
  const name = `ServiceAccount '${workload.serviceAccount}'`;
  if (serviceAccount === undefined) {
    const message = `${name} does not exist yet; once it does, it gets the annotation`;
    setCondition({ type: ANNOTATED, status: "False", reason: REASON.serviceAccountNotFound, message });
    return SERVICE_ACCOUNT_RECHECK_MS;
  }
  const annotated = serviceAccount.metadata.annotations?.[ROLE_ARN_ANNOTATION] === declaration.roleArn;
  const message = annotated ? `${name} has the annotation` : `The annotation of ${name} is not this object's`;
  const reason = annotated ? "Succeeded" : REASON.serviceAccountNotOwned;
  setCondition({ type: ANNOTATED, status: annotated ? "True" : "False", reason, message });
  return Infinity;
}
