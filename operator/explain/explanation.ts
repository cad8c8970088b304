import type { InCluster } from "./cluster.ts";
import type { Findings } from "./findings.ts";
import { bucketPolicyLayer, vpcEndpointLayer } from "./layers/bucket-policy.ts";
import { SERVICE_ACCOUNT, serviceAccountLayer, TRUST_POLICY, trustLayer } from "./layers/credentials.ts";
import { grantsLayer } from "./layers/grants.ts";
import { identityLayers } from "./layers/identity.ts";
import { kmsLayer } from "./layers/kms.ts";
import type { Layer } from "./layers/layer.ts";
import { accessLayer, bucketLayer, notGrantedLayer } from "./layers/objects.ts";
import { publicAccessLayer, sessionLayer } from "./layers/other.ts";
import type { Question } from "./question.ts";

export interface Explanation {
  outcome: "Allowed" | "Denied" | "CannotTell";
  layers: Layer[];
  /** One or two sentences. */
  conclusion: string;
}

/** For a BucketAccess whose status names no role or bucket. */
export function explanationWithoutAws({ access }: InCluster): Explanation {
  return conclude([notGrantedLayer(access)]);
}

/** Pure. */
export function explanationOf(
  { access, bucket, recorded, serviceAccount }: InCluster,
  question: Question,
  findings: Findings,
): Explanation {
  const role = recorded?.role;
  const credentials = role && serviceAccount && { access, role, serviceAccount, findings };
  const atAws = [
    ...identityLayers(findings),
    sessionLayer(findings),
    bucketPolicyLayer(findings),
    kmsLayer(findings),
    vpcEndpointLayer(findings),
    publicAccessLayer(findings),
  ].filter(isRead);
  const allowedAtAws = atAws.every(({ state }) => state === "allowed");
  return conclude([
    ...(credentials ? [serviceAccountLayer(credentials), trustLayer(credentials)].filter(isRead) : []),
    accessLayer(access),
    ...(access.spec.bucketRef === undefined ? [] : [bucketLayer(bucket)]),
    ...atAws,
    grantsLayer(access.spec.grants, question, allowedAtAws),
  ]);
}

function isRead(layer: Layer | undefined): layer is Layer {
  return layer !== undefined;
}

/** Layers that are the cause whatever else blocks: Pods that do not get the role, and grants, from which policies are. */
const CAUSES = [SERVICE_ACCOUNT, TRUST_POLICY, "prefix"];

function conclude(layers: Layer[]): Explanation {
  const blockers = layers.filter(({ state }) => state === "blocks");
  const [cause] = [...CAUSES.flatMap((name) => blockers.filter((each) => each.name === name)), ...blockers];
  if (cause !== undefined) return { outcome: "Denied", layers, conclusion: `Denied by ${sentence(cause)}` };
  const open = layers.filter(({ state }) => state === "cannot tell");
  if (open.length > 0) return { outcome: "CannotTell", layers, conclusion: cannotTell(open) };
  return { outcome: "Allowed", layers, conclusion: "Allowed: no layer blocks it." };
}

function sentence({ name, detail, remedy = "" }: Layer): string {
  return `${name}: ${detail.replace(/\.$/, "")}. To do: ${remedy}.`;
}

function cannotTell(layers: readonly Layer[]): string {
  const names = layers.map(({ name }) => name).join(", ");
  const remedies = [...new Set(layers.flatMap(({ remedy }) => remedy ?? []))].join("; ");
  return `Cannot tell: no layer that could be checked blocks it; not checked: ${names}. To do: ${remedies}.`;
}
