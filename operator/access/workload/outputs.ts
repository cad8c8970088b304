import { findCondition, removeCondition } from "../../kube/conditions.ts";
import type { KubeObject } from "../../kube/object.ts";
import { applyParts, partsToWrite, readBack } from "../../reconcile/apply.ts";
import { DELAY_MS } from "../../reconcile/delays.ts";
import { announceWrites } from "../../reconcile/drift.ts";
import type { PartResult, WritablePart } from "../../reconcile/part.ts";
import type { AccessContext, AccessDependencies } from "../dependencies.ts";
import { configMapPart, findConfigMap, removeConfigMap, type Outputs } from "../outputs/config-map.ts";
import {
  annotates,
  findServiceAccount,
  releaseServiceAccount,
  serviceAccountPart,
} from "../outputs/service-account.ts";
import { ANNOTATED, annotatedCondition, annotationFailure, annotationNote } from "./annotation.ts";
import type { RoleOutcome } from "./reconcile-role.ts";

/** The ConfigMap and the ServiceAccounts, as they are in Kubernetes. */
interface OutputsObservation {
  configMap: Awaited<ReturnType<typeof findConfigMap>>;
  pods: readonly AnnotatedPods[];
}

/** Pods that get a role. */
export interface AnnotatedPods {
  name: string;
  identity: "IRSA" | "PodIdentity";
  roleArn: string;
  /** Undefined: it does not exist. */
  found: KubeObject | undefined;
}

export interface OutputsOutcome {
  results: readonly PartResult[];
  /** What a user should know though all is as declared; "" for nothing. */
  note: string;
  recheckAfterMs: number;
}

/** Writes what Pods need to know about bucket and role, once the roles are there. */
export async function applyOutputs(
  dependencies: AccessDependencies,
  context: AccessContext,
  outputs: Outputs,
  roles: readonly RoleOutcome[],
  settled: boolean,
): Promise<OutputsOutcome> {
  const { history } = dependencies;
  const { object } = context;
  const uid = object.metadata.uid ?? "";
  const observed = await observeOutputs(dependencies, context, outputs, roles);
  const parts = partsOf(dependencies, context, outputs, observed);
  const toWrite = partsToWrite(parts, history, uid);
  await announceWrites(dependencies, context, toWrite, settled ? toWrite : []);
  const written = await applyParts(parts, (part) => part.write(), history, uid);
  if (toWrite.length === 0) return outcomeOf(context, written, observed);
  const last = await observeOutputs(dependencies, context, outputs, roles);
  const results = readBack(written, partsOf(dependencies, context, outputs, last), history, uid);
  return outcomeOf(context, results, last);
}

async function observeOutputs(
  { client }: AccessDependencies,
  { object, signal }: AccessContext,
  { configMapName }: Outputs,
  roles: readonly RoleOutcome[],
): Promise<OutputsObservation> {
  const [configMap, pods] = await Promise.all([
    findConfigMap(client, object, configMapName, signal),
    Promise.all(
      roles.flatMap(({ desired: { pods }, roleArn }) => {
        if (pods === undefined) return [];
        const { serviceAccount: name } = pods.workload;
        const found = findServiceAccount(client, object, name, signal);
        return found.then((account) => ({ name, identity: pods.identity.type, roleArn, found: account }));
      }),
    ),
  ]);
  return { configMap, pods };
}

function partsOf(
  { client }: AccessDependencies,
  { object, signal }: AccessContext,
  outputs: Outputs,
  { configMap, pods }: OutputsObservation,
): WritablePart[] {
  const nameOf = (name: string) => (pods.length === 1 ? "serviceAccount" : `serviceAccount[${name}]`);
  return [
    configMapPart(client, object, outputs, configMap, signal),
    ...pods.flatMap((each) => {
      const { name, identity, roleArn, found } = each;
      if (found === undefined) return [];
      const part = annotates(object, identity)
        ? serviceAccountPart(client, object, found, roleArn, signal)
        : readOnlyPart(each);
      return { ...part, name: nameOf(name) };
    }),
  ];
}

/** An annotation that the spec leaves to the user is only read. */
function readOnlyPart(pods: AnnotatedPods): WritablePart {
  const blocked = annotationFailure(pods);
  const write = () => Promise.reject(new Error("never written"));
  return { name: "serviceAccount", desired: pods.roleArn, changes: [], write, ...(blocked && { blocked }) };
}

function outcomeOf(
  context: AccessContext,
  results: readonly PartResult[],
  { pods }: OutputsObservation,
): OutputsOutcome {
  const { object, status, setCondition } = context;
  const annotated = pods.filter(({ identity }) => annotates(object, identity));
  if (annotated.length === 0) status.conditions = removeCondition(status.conditions, ANNOTATED);
  else setCondition(annotatedCondition(annotated));
  const isAwaited = annotated.some(({ found }) => found === undefined);
  const isWrong = results.some(({ state }) => state === "Failed");
  const recheckAfterMs = isAwaited ? DELAY_MS.serviceAccount : isWrong ? DELAY_MS.reference : Infinity;
  const notes = pods.filter(({ identity }) => !annotates(object, identity)).map(annotationNote);
  return { results, note: notes.join(""), recheckAfterMs };
}

/** Releases a ConfigMap and ServiceAccounts that the spec named before and no longer names. */
export async function dropFormerOutputs(
  { client }: AccessDependencies,
  { object, status, signal }: AccessContext,
  { configMapName }: Outputs,
  annotated: readonly string[],
): Promise<void> {
  const { configMapName: formerName, roles = [] } = object.status ?? {};
  if (formerName !== undefined && formerName !== configMapName) {
    await removeConfigMap(client, object, formerName, signal);
  }
  if (findCondition(object.status, ANNOTATED) !== undefined) {
    for (const { serviceAccount: name } of roles) {
      if (name !== undefined && !annotated.includes(name)) await releaseServiceAccount(client, object, name, signal);
    }
  }
  status.configMapName = configMapName;
}
