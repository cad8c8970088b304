/** The permissions of a BucketAccess are the same in the CRD, in the operator's table and in the documentation. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { ALLOWED_ACTIONS, PERMISSIONS } from "../../operator/access/policy/grants.ts";
import { asList, type PolicyDocument } from "../../operator/aws/policy/document.ts";
import { textOf, writtenFile } from "./documentation.ts";

const CRD = fileURLToPath(new URL("../../crds/bucketaccesses.yaml", import.meta.url));

interface Schema {
  properties: Record<string, Schema>;
  items: Schema & { enum: string[] };
  description: string;
  maxItems: number;
}

function permissionsSchema(): Schema {
  const crd = load(readFileSync(CRD, "utf8")) as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  const permissions =
    crd.spec.versions[0]?.schema.openAPIV3Schema.properties["spec"]?.properties["grants"]?.items.properties[
      "permissions"
    ];
  if (permissions === undefined) throw new Error("the CRD has no spec.grants[].permissions");
  return permissions;
}

const kmsActions = new Set(ALLOWED_ACTIONS.flatMap(({ kms }) => kms ?? []));

test("the CRD has the permissions of the table, describes each, and allows all of them together", () => {
  const { items, maxItems, description } = permissionsSchema();
  expect(items.enum).toEqual(PERMISSIONS);
  expect(maxItems).toBe(PERMISSIONS.length);
  expect([...description.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name)).toEqual(PERMISSIONS);
});

test("docs/access.md has a row with the actions of each permission", () => {
  const table = textOf("docs/access.md").split("## Permissions")[1]?.split("\n\n")[1] ?? "";
  const rows = [...table.matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm)].map(([, permission, actions = ""]) => [
    permission,
    [...actions.matchAll(/`(s3:\w+)`/g)].map(([, action]) => action),
  ]);
  const expected = PERMISSIONS.map((permission) => [
    permission,
    ALLOWED_ACTIONS.filter((allowance) => allowance.permission === permission).map(({ action }) => action),
  ]);
  expect(rows).toEqual(expected);
});

describe("the boundary of docs/install-eks.md allows what can be granted, and nothing else:", () => {
  const { Statement } = JSON.parse(writtenFile("docs/install-eks.md", "boundary.json")) as PolicyDocument;
  const actions = Statement.flatMap(({ Action }) => asList(Action));
  const on = (service: string) => actions.filter((action) => action.startsWith(`${service}:`)).sort();

  test("actions of S3", () => {
    expect(on("s3")).toEqual(ALLOWED_ACTIONS.map(({ action }) => action).sort());
  });

  test("actions of KMS, through S3", () => {
    expect(on("kms")).toEqual([...kmsActions].sort());
    const onKeys = Statement.filter(({ Action }) => asList(Action).some((action) => action.startsWith("kms:")));
    expect(onKeys.map(({ Condition }) => Condition)).toEqual([
      { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    ]);
  });

  test("no other service", () => {
    expect(on("s3").length + on("kms").length).toBe(actions.length);
    expect(Statement.every(({ Effect }) => Effect === "Allow")).toBe(true);
  });
});
