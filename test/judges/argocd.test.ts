/**
 * Runs the Argo CD health checks and actions of the operator's kinds over their testdata, laid out as in
 * https://github.com/argoproj/argo-cd/tree/master/resource_customizations
 */
import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";
import { beforeAll, describe, expect, test } from "vitest";
import { GROUP, RECONCILE_REQUESTED_AT } from "../../operator/api/names.ts";
import type { KubeObject, StatusObject } from "../../operator/kube/object.ts";
import { fieldsOf, loadDefinitions } from "../../scripts/schema.ts";
import { argoHealthOf, scriptsFor } from "../conformance/argocd.ts";
import { findTool } from "../tools/index.ts";
import { argoAct, argoActions, argoHealth, type ArgoAction, type ArgoHealth } from "../tools/judges.ts";

/** The first run has to build the tool. */
const BUILD_MS = 20 * 60_000;
const FOLDER = new URL(`../../argocd/resource_customizations/${GROUP}/`, import.meta.url);
const KINDS = ["AWSAccount", "BucketAccess", "S3Bucket"];

interface HealthTests {
  tests: { healthStatus: ArgoHealth; inputPath: string }[];
}

interface ActionTests {
  discoveryTests: { inputPath: string; result: ArgoAction[] }[];
  actionTests: { action: string; inputPath: string; expectedOutputPath: string }[];
}

beforeAll(() => findTool("lua"), BUILD_MS);

test("a script has only the libraries and the time that Argo CD allows", async () => {
  const object = { metadata: {} };
  const script =
    'local os = require("os"); return { status = "Healthy", message = type(string) .. type(io) .. type(os.exit) }';
  expect(await argoHealth([{ object, health: script }])).toEqual([{ status: "Healthy", message: "nilnilnil" }]);
  expect(await argoHealth([{ object, health: 'return { status = "Fine" }' }])).toMatchObject([{ status: "Unknown" }]);
  await expect(argoHealth([{ object, health: "while true do end" }])).rejects.toThrow("deadline");
});

test("every kind has a folder", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(KINDS);
});

test("the kinds that can be paused have the same health check", () => {
  const { health, discovery, actions } = scriptsFor("S3Bucket");
  expect(scriptsFor("BucketAccess")).toEqual({ health, discovery, actions });
});

describe.each(KINDS)("%s", (kind) => {
  const read = (path: string) => load(readFileSync(new URL(`${kind}/${path}`, FOLDER), "utf8"));
  const object = (path: string) => read(path) as KubeObject;

  test("health.lua gives the expected health for each state", async () => {
    const { tests } = read("health_test.yaml") as HealthTests;
    const judged = await argoHealthOf(tests.map(({ inputPath }) => object(inputPath)));
    expect(judged).toEqual(tests.map(({ healthStatus }) => healthStatus));
    const used = tests.map(({ inputPath }) => inputPath.replace("testdata/", ""));
    expect(readdirSync(new URL(`${kind}/testdata/`, FOLDER)).sort(), "every file of testdata is used").toEqual(
      used.sort(),
    );
  });

  test("the testdata has only reasons and fields of the operator", () => {
    const definition = loadDefinitions().find(({ spec }) => spec.names.kind === kind);
    const known = definition?.spec.versions.flatMap((version) => [...fieldsOf(version.schema.openAPIV3Schema)]) ?? [];
    const fields = new Set(known.map(({ path }) => path));
    const reasons = readFileSync(new URL("../../docs/reasons.md", import.meta.url), "utf8");
    const folders = ["testdata", "actions/testdata"];
    const states = folders.flatMap((folder) =>
      readdirSync(new URL(`${kind}/${folder}/`, FOLDER)).map((file) => object(`${folder}/${file}`)),
    );
    for (const { spec, status = {} } of states as (StatusObject & { spec: object })[]) {
      expect([...pathsIn(spec, "spec"), ...pathsIn(status, "status")].filter((path) => !fields.has(path))).toEqual([]);
      const ready = status.conditions?.find(({ type }) => type === "Ready");
      if (ready !== undefined) expect(reasons).toContain(`\`${ready.reason}\``);
    }
  });

  test("discovery.lua offers the actions that apply", async () => {
    const { discoveryTests } = read("actions/action_test.yaml") as ActionTests;
    for (const { inputPath, result } of discoveryTests) {
      const offered = await argoActions(object(`actions/${inputPath}`), scriptsFor(kind).discovery);
      expect(offered.map(({ name, disabled = false }) => ({ name, disabled })).sort(byName), inputPath).toEqual(
        result.sort(byName),
      );
    }
  });

  test("each action.lua changes one annotation", async () => {
    const { actions } = scriptsFor(kind);
    const { actionTests } = read("actions/action_test.yaml") as ActionTests;
    expect(new Set(actionTests.map(({ action }) => action))).toEqual(new Set(actions.keys()));
    for (const { action, inputPath, expectedOutputPath } of actionTests) {
      const changed = await argoAct(object(`actions/${inputPath}`), actions.get(action) ?? "");
      expect(withoutTime(changed as unknown as KubeObject), action).toEqual(
        withoutTime(object(`actions/${expectedOutputPath}`)),
      );
    }
  });
});

/** Paths in the notation of fieldsOf. */
function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, `${path}.${key}`));
}

function byName(one: ArgoAction, other: ArgoAction): number {
  return one.name.localeCompare(other.name);
}

/** Checks that the annotation is a time, and replaces it with a constant. */
function withoutTime({ metadata, ...rest }: KubeObject): KubeObject {
  const { [RECONCILE_REQUESTED_AT]: time, ...annotations } = metadata.annotations ?? {};
  if (time === undefined) return { ...rest, metadata };
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return { ...rest, metadata: { ...metadata, annotations: { ...annotations, [RECONCILE_REQUESTED_AT]: "now" } } };
}
