import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import type { Resource } from "../../../operator/kube/object.ts";
import { eventsOf, type SeenEvent } from "../support/expect/events.ts";
import { condition, isReady } from "../support/expect/states.ts";
import { eventually } from "../support/expect/wait.ts";
import { startOperator } from "../support/process/operator.ts";
import { accessesOf, worldWithBucket } from "../support/world/access.ts";
import { createWorld, type World } from "../support/world/world.ts";

/* What admission webhooks and policies of the cluster say reaches the user. */

const admission = (kind: string, plural: string): Resource => {
  return { group: "admissionregistration.k8s.io", version: "v1", kind, plural, namespaced: false };
};
const WEBHOOKS = admission("ValidatingWebhookConfiguration", "validatingwebhookconfigurations");
const POLICIES = admission("ValidatingAdmissionPolicy", "validatingadmissionpolicies");
const BINDINGS = admission("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings");

/** Selects the world's namespace: the control plane is shared. */
const namespaceOf = ({ name }: World) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });

/** Creates a cluster-wide object, and deletes it at the end. */
async function created({ kube, name }: World, resource: Resource, content: object): Promise<AsyncDisposable> {
  const { group, version, kind } = resource;
  await kube.create(resource, {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name },
    ...content,
  });
  return { [Symbol.asyncDispose]: () => kube.delete(resource, { name }) };
}

test("a webhook that does not respond is named in the status of the object that needs it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  using accesses = await accessesOf(world);
  await worldWithBucket(world);
  const rule = { apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], operations: ["CREATE"] };
  const webhook = {
    name: "cm.example.com",
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    namespaceSelector: namespaceOf(world),
    clientConfig: { url: "https://127.0.0.1:1/validate" },
    rules: [rule],
  };
  {
    await using _webhook = await created(world, WEBHOOKS, { webhooks: [webhook] });
    await accesses.apply("reader", { identity: "IRSA" });
    const failing = await accesses.when("reader", (access) => condition(access, "Ready")?.status === "False");
    expect(condition(failing, "Ready")).toMatchObject({
      reason: "APIServerUnavailable",
      message: expect.stringMatching(/configmaps .*failed calling webhook "cm\.example\.com": .*connection refused/),
    });
  }
  await accesses.when("reader", isReady);
});

test("a status that a policy refuses is an event on the object", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  await world.applyAccount();
  const rule = { apiGroups: ["s3-operator.io"], apiVersions: ["*"], resources: ["s3buckets/status"] };
  const policy = {
    matchConstraints: {
      namespaceSelector: namespaceOf(world),
      resourceRules: [{ ...rule, operations: ["UPDATE"] }],
    },
    validations: [{ expression: "false", message: "no status here" }],
  };
  await using _policy = await created(world, POLICIES, { spec: policy });
  await using _binding = await created(world, BINDINGS, {
    spec: { policyName: world.name, validationActions: ["Deny"] },
  });
  await world.applyBucket("docs", { baseline: "None" });
  // The server takes a second to enforce a new policy.
  const refused = await eventually(
    async () => {
      await world.annotate("docs", { [RECONCILE_REQUESTED_AT]: randomUUID() });
      return eventsOf(world, "docs");
    },
    (events) => events.some(isRefusal),
    (last) => `No such event among ${JSON.stringify(last?.map(({ note }) => note))}`,
  );
  const event = refused.find(isRefusal);
  expect(event).toMatchObject({ type: "Warning", reason: "Invalid" });
  expect(event?.note).toMatch(/^The status could not be written: .*s3buckets.*no status here/);
});

const isRefusal = ({ note }: SeenEvent) => note.includes("no status here");
