import type { InCluster } from "./cluster.ts";
import type { Findings } from "./findings.ts";
import { bucketPolicyLayer, vpcEndpointLayer } from "./layers/bucket-policy.ts";
import { grantsLayer } from "./layers/grants.ts";
import { identityLayers } from "./layers/identity.ts";
import { kmsLayer } from "./layers/kms.ts";
import type { Layer } from "./layers/layer.ts";
import { accessLayer, bucketLayer } from "./layers/objects.ts";
import { publicAccessLayer, sessionLayer } from "./layers/other.ts";
import type { Question } from "./question.ts";

/** All layers in the order in which they are told, and what they come to. */
export interface Verdict {
  outcome: "Allowed" | "Denied" | "CannotTell";
  layers: Layer[];
  /** In one sentence, or two. */
  conclusion: string;
}

/** Of an access that there is nothing to ask AWS about. */
export function verdictWithoutAws({ access }: InCluster): Verdict {
  return conclude([accessLayer(access)]);
}

/** Pure. */
export function verdictOf({ access, bucket }: InCluster, question: Question, findings: Findings): Verdict {
  const atAws = [
    ...identityLayers(findings),
    ...[sessionLayer(findings) ?? []].flat(),
    bucketPolicyLayer(findings),
    kmsLayer(findings),
    vpcEndpointLayer(findings),
    publicAccessLayer(findings),
  ];
  const allowedAtAws = atAws.every(({ state }) => state === "allowed");
  return conclude([
    accessLayer(access),
    bucketLayer(bucket),
    ...atAws,
    grantsLayer(access.spec.grants, question, allowedAtAws),
  ]);
}

/** Where the grants do not cover it, the policies that are made of them cannot: then the grants are the cause. */
function conclude(layers: Layer[]): Verdict {
  const blockers = layers.filter(({ state }) => state === "blocks");
  const cause = blockers.find(({ name }) => name === "prefix") ?? blockers[0];
  if (cause !== undefined) return { outcome: "Denied", layers, conclusion: `Denied by the ${sentence(cause)}` };
  const open = layers.find(({ state }) => state === "cannot tell");
  if (open !== undefined)
    return {
      outcome: "CannotTell",
      layers,
      conclusion: `Nothing that could be told blocks it; to be sure of the ${sentence(open)}`,
    };
  return { outcome: "Allowed", layers, conclusion: "Allowed: no layer blocks it." };
}

function sentence({ name, detail, remedy = "" }: Layer): string {
  return `${name}: ${detail}. To do: ${remedy}.`;
}
