import { REASON, type Reason } from "../../api/reasons.ts";
import type { ConditionDetail } from "../../kube/conditions.ts";
import type { Failure } from "../../reconcile/outcome.ts";
import { ROLE_ARN_ANNOTATION } from "../outputs/service-account.ts";
import type { AnnotatedPods } from "./outputs.ts";

/** The condition that says whether the ServiceAccounts have their annotation, where the spec asks for it. */
export const ANNOTATED = "ServiceAccountAnnotated";

/** Why Pods do not get the role by IRSA, though it is there: the annotation gives them the role that it names. */
export function annotationFailure(pods: AnnotatedPods): Failure | undefined {
  const { name, identity, roleArn } = pods;
  const present = annotationOf(pods);
  if (present === undefined || identity === "PodIdentity" || present === roleArn) return undefined;
  const message =
    `ServiceAccount '${name}' has the annotation '${ROLE_ARN_ANNOTATION}: ${present}', so that its Pods get that role: ` +
    `set it to '${roleArn}', or name another ServiceAccount`;
  return { reason: REASON.serviceAccountNotOwned, message, terminal: true };
}

/** What a user must know, or do, so that Pods get the role; "" for nothing. */
export function annotationNote(pods: AnnotatedPods): string {
  const present = annotationOf(pods);
  if (pods.identity === "PodIdentity") {
    return present === undefined ? "" : `. Pods that are older than the association still use the role '${present}'`;
  }
  if (present !== undefined) return "";
  const exists = pods.found === undefined ? "exists and has" : "has";
  return `. Its Pods get the role once ServiceAccount '${pods.name}' ${exists} the annotation '${ROLE_ARN_ANNOTATION}: ${pods.roleArn}'`;
}

export function annotatedCondition(pods: readonly AnnotatedPods[]): ConditionDetail<Reason> {
  const missing = pods.filter(({ found }) => found === undefined);
  const others = pods.filter((each) => each.found !== undefined && annotationOf(each) !== each.roleArn);
  const condition = (status: "True" | "False", reason: Reason, of: readonly AnnotatedPods[], message: string) => {
    const names = of.map(({ name }) => `'${name}'`).join(", ");
    return { type: ANNOTATED, status, reason, message: `ServiceAccount ${names}: ${message}` };
  };
  if (missing.length > 0) {
    const message = "does not exist yet; once it does, it gets the annotation";
    return condition("False", REASON.serviceAccountNotFound, missing, message);
  }
  if (others.length > 0)
    return condition("False", REASON.serviceAccountNotOwned, others, "the annotation is not this object's");
  return condition("True", "Succeeded", pods, "has the annotation");
}

function annotationOf({ found }: AnnotatedPods): string | undefined {
  return found?.metadata.annotations?.[ROLE_ARN_ANNOTATION];
}
