/** Tests the schema of the values: a mistake is refused before anything is installed, and the message names the key. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commentedValues } from "../../scripts/chart/readme.ts";
import { CHART, createHelm, HELMS, type Helm } from "./support/helm.ts";

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

const text = readFileSync(join(CHART, "values.yaml"), "utf8");
const schema = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")) as Schema;

/** The paths of all properties in the schema. A free-form object, such as affinity, ends a path. */
function leaves({ properties }: Schema, path = ""): string[] {
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`));
}

/** The same paths in values. */
function leavesIn(values: unknown, at: Schema | undefined, path = ""): string[] {
  if (at?.properties === undefined) return [path];
  return Object.entries(values as object).flatMap(([key, value]) =>
    leavesIn(value, at.properties?.[key], path === "" ? key : `${path}.${key}`),
  );
}

test("values.yaml has exactly the properties of the schema", () => {
  const optional = new Set(["resources.claims"]);
  expect(leavesIn(load(text), schema).sort()).toEqual(
    leaves(schema)
      .filter((path) => !optional.has(path))
      .sort(),
  );
});

test("each value has a comment", () => {
  const commented = new Set(commentedValues(text).map(({ path }) => path));
  const isCommented = (path: string) =>
    commented.has(path) || (path.startsWith("resources.") && commented.has("resources"));
  expect(leaves(schema).filter((path) => !isCommented(path))).toEqual([]);
});

describe.each(HELMS)("%s refuses", (name) => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await createHelm(name);
  });
  afterAll(() => helm?.[Symbol.asyncDispose]());

  test.each([
    ["a typo", ["--set=replica=2"], "replica"],
    ["a typo further down", ["--set=operator.pollIntervall=5m"], "pollIntervall"],
    ["a typo in observability", ["--set=observability.metrics.prot=1"], "prot"],
    ["text for a number", ["--set=replicas=two"], "replicas"],
    ["a number for text", ["--set-json=clusterName=5"], "clusterName"],
    ["text for true or false", ["--set-string=crds.enabled=yes"], "enabled"],
    ["too large a number", ["--set=operator.concurrency=5000"], "concurrency"],
    ["a duration without a unit", ["--set-string=operator.pollInterval=600"], "pollInterval"],
    ["an unknown log level", ["--set=operator.logLevel=trace"], "logLevel"],
    ["an account id that is too short", ["--set-string=account.id=1234", "--set=account.region=x"], "id"],
    ["an unknown field of the AWSAccount", ["--set=account.spec.allowAdoptions=true"], "allowAdoptions"],
    ["an unknown field in guardrails", ["--set=account.spec.guardrails.requireKms=true"], "requireKms"],
    ["a field that has a value of its own", ["--set=account.spec.region=eu-central-1"], "region"],
    ["an unknown type of workload identity", ["--set=account.spec.workloadIdentity.type=IAM"], "type"],
    ["an assumeRole without a role", ["--set=account.spec.assumeRole.externalId=id"], "roleArn"],
    ["an invalid role ARN", ["--set=account.spec.assumeRole.roleArn=admin"], "roleArn"],
    [
      "an account id that is a number",
      ["--set=account.spec.guardrails.allowedAccounts={111122223333}"],
      "allowedAccounts",
    ],
    ["an invalid name of a lease", ["--set=leaderElection.name=S3"], "name"],
    ["an invalid digest", ["--set=image.digest=latest"], "digest"],
    ["an invalid name of a namespace", ["--set=watch.namespaces={Team_A}"], "namespaces"],
    ["an argument that is not a flag", ["--set=extraArgs={serve}"], "extraArgs"],
    ["an invalid port", ["--set=observability.metrics.port=0"], "port"],
    ["an account without a region", ["--set=account.id=111122223333"], "account.region is needed with account.id"],
    [
      "two Pods without leader election",
      ["--set=replicas=2", "--set=leaderElection.enabled=false"],
      "need leaderElection.enabled",
    ],
    [
      "a ServiceMonitor without metrics",
      ["--set=observability.serviceMonitor.enabled=true", "--set=observability.metrics.enabled=false"],
      "observability.serviceMonitor.enabled needs",
    ],
  ])("%s", async (_, args, culprit) => {
    const { code, stderr } = await helm.run("template", "s3-operator", CHART, ...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(culprit);
  });
});
