/** The chart's RBAC: the rules of the operator, and the rules of users for the operator's kinds. */

import { dump } from "js-yaml";
import { CONFIG_MAPS } from "../../operator/access/outputs/config-map.ts";
import { SERVICE_ACCOUNTS } from "../../operator/access/outputs/service-account.ts";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../operator/api/names.ts";
import { allow, leased, reconciled, recorded, watched, type Rule } from "../../operator/kube/rbac.ts";
import type { CustomResourceDefinition } from "../schema.ts";

/** All rules of the operator, by the scope in which it needs them. */
const OPERATOR = {
  /** In the whole cluster, whatever namespaces the operator watches. */
  cluster: [...reconciled(AWS_ACCOUNTS), ...watched({ group: "", plural: "namespaces" })],
  /** In each namespace that the operator watches. */
  namespaced: [
    ...reconciled(S3_BUCKETS),
    ...reconciled(BUCKET_ACCESSES),
    // The outputs of a BucketAccess, which Pods read.
    allow(CONFIG_MAPS, ["get", "create", "patch", "delete"]),
    allow(SERVICE_ACCOUNTS, ["get", "patch"]),
    ...recorded(),
  ],
  /** In the namespace "default", which holds the events of cluster-scoped objects. */
  events: recorded(),
  /** In the operator's own namespace. */
  leaderElection: leased("{{ .Values.leaderElection.name }}"),
} satisfies Record<string, Rule[]>;

/**
 * Added to the aggregated ClusterRoles:
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
function userRules(definitions: readonly CustomResourceDefinition[]): Record<string, Rule[]> {
  const kinds = definitions
    .filter(({ spec }) => spec.scope === "Namespaced")
    .map(({ spec }) => ({ group: spec.group, plural: spec.names.plural }));
  return {
    view: kinds.flatMap((kind) => [allow(kind, ["get", "list", "watch"]), allow(kind, ["get"], "status")]),
    edit: kinds.flatMap((kind) => [allow(kind, ["create", "update", "patch", "delete"])]),
  };
}

/** @returns the text of templates/_rules.tpl: one named template for each list of rules */
export function generateRules(definitions: readonly CustomResourceDefinition[]): string {
  const lists = Object.entries({ ...OPERATOR, ...userRules(definitions) });
  return [
    "{{/* Generated from scripts/chart/rbac.ts by `npm run generate`. Do not edit. */}}",
    ...lists.map(([name, rules]) => `{{- define "s3-operator.rules.${name}" -}}\n${yaml(rules)}{{- end -}}`),
    "",
  ].join("\n");
}

function yaml(rules: Rule[]): string {
  return dump(rules, { flowLevel: 2, noRefs: true, lineWidth: -1 });
}
