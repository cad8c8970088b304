/** The chart's RBAC: what the operator may do, and what people may do with its kinds. */

import { dump } from "js-yaml";
import { CONFIG_MAPS } from "../../operator/access/outputs/config-map.ts";
import { SERVICE_ACCOUNTS } from "../../operator/access/outputs/service-account.ts";
import { AWS_ACCOUNTS, BUCKET_ACCESSES, S3_BUCKETS } from "../../operator/api/names.ts";
import {
  allow,
  leased,
  reconciled,
  reconciledWithFinalizer,
  recorded,
  type Rule,
  watched,
} from "../../operator/kube/rbac.ts";
import type { CustomResourceDefinition } from "../schema.ts";

/** The one table of what the operator may do, by where it may do it. */
const OPERATOR = {
  /** Everywhere, whatever is looked after. */
  cluster: [...reconciled(AWS_ACCOUNTS), ...watched({ group: "", plural: "namespaces" })],
  /** In each namespace that is looked after. */
  namespaced: [
    ...reconciledWithFinalizer(S3_BUCKETS),
    ...reconciledWithFinalizer(BUCKET_ACCESSES),
    // What Pods are told of their access.
    allow(CONFIG_MAPS, ["get", "create", "patch", "delete"]),
    allow(SERVICE_ACCOUNTS, ["get", "patch"]),
    ...recorded(),
  ],
  /** In the namespace "default", where events about cluster-scoped objects are. */
  events: recorded(),
  /** In the operator's own namespace. */
  leaderElection: leased("{{ .Values.leaderElection.name }}"),
} satisfies Record<string, Rule[]>;

/** For the cluster's own roles: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function people(definitions: readonly CustomResourceDefinition[]): Record<string, Rule[]> {
  const kinds = definitions
    .filter(({ spec }) => spec.scope === "Namespaced")
    .map(({ spec }) => ({ group: spec.group, plural: spec.names.plural }));
  return {
    view: kinds.flatMap((kind) => [allow(kind, ["get", "list", "watch"]), allow(kind, ["get"], "status")]),
    edit: kinds.flatMap((kind) => [allow(kind, ["create", "update", "patch", "delete"])]),
  };
}

/** @returns the text of templates/_rules.tpl: a named template with each list of rules */
export function generateRules(definitions: readonly CustomResourceDefinition[]): string {
  const lists = Object.entries({ ...OPERATOR, ...people(definitions) });
  return [
    "{{/* Generated from scripts/chart/rbac.ts by `npm run generate`. Do not edit. */}}",
    ...lists.map(([name, rules]) => `{{- define "s3-operator.rules.${name}" -}}\n${yaml(rules)}{{- end -}}`),
    "",
  ].join("\n");
}

function yaml(rules: Rule[]): string {
  return dump(rules, { flowLevel: 2, noRefs: true, lineWidth: -1 });
}
