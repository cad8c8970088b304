import type { AWSAccountSpec } from "../api/types.ts";

type LabelSelector = NonNullable<NonNullable<AWSAccountSpec["allowedNamespaces"]>["selector"]>;
type Expression = NonNullable<LabelSelector["matchExpressions"]>[number];

/**
 * Evaluates a metav1.LabelSelector.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(selector.matchLabels ?? {});
  return pairs.every(([key, value]) => labels[key] === value) && (selector.matchExpressions ?? []).every(holds(labels));
}

function holds(labels: Readonly<Record<string, string>>): (expression: Expression) => boolean {
  return ({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
    }
  };
}
