/** Checks of the documentation that need no cluster: files that it names, IAM documents, kinds of code blocks. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { describe, expect, test } from "vitest";
import { hereDocuments, pages, piecesOf, textOf, writtenFile } from "./documentation.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const POLICY = readFileSync(join(ROOT, "docs/iam-policy.json"), "utf8");

interface Document {
  Statement?: { Action: string | string[] }[];
}

const withoutSpace = (json: string) => JSON.stringify(JSON.parse(json));
const actionsOf = ({ Statement = [] }: Document) => Statement.flatMap(({ Action }) => Action);

/** The evaluator has AWS's list of actions, and rejects any other. */
async function isKnown(action: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  return isWildcardOnlyAction(service, name).then(
    () => true,
    () => false,
  );
}

/** The known info strings of code blocks. The tests of examples, of values and this file would skip others. */
const KINDS = new Set(["", "console", "json", "promql", "sh", "text", "ts", "yaml", "yaml values"]);

describe.each(pages())("%s", (page) => {
  test("the page names only files that exist", () => {
    const text = textOf(page).replaceAll(/https?:\S+/g, "");
    const named = text.match(/\b(?:test|operator|scripts|charts|examples|docs)\/[\w./-]*\w\.(?:ts|md|json|yaml)\b/g);
    expect((named ?? []).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("the page's code blocks have info strings that tests know", () => {
    expect(piecesOf(page).filter(({ info }) => !KINDS.has(info))).toEqual([]);
  });

  test("the page's JSON parses, and its IAM actions exist", async () => {
    const pieces = piecesOf(page).filter(({ info }) => info === "json");
    const documents = [...pieces, ...hereDocuments(textOf(page)).filter(({ name }) => name.endsWith(".json"))];
    const actions = documents.flatMap(({ text }) => actionsOf(JSON.parse(text) as Document));
    const unknown = await Promise.all(actions.map(async (action) => ((await isKnown(action)) ? [] : [action])));
    expect(unknown.flat()).toEqual([]);
  });
});

describe("the security model and the capability levels", () => {
  test.each(["docs/security-model.md", "docs/capability-levels.md"])("every claim of %s names a test", (page) => {
    const rows = textOf(page)
      .split("\n")
      .filter((line) => line.startsWith("|"));
    const tables = rows
      .join("\n")
      .split(/^(?=.*\| shown by)/m)
      .slice(1);
    expect(tables.length).toBeGreaterThan(0);
    const claims = tables.flatMap((table) => table.split("\n").slice(2)).filter((row) => !row.startsWith("| Missing"));
    expect(claims.filter((row) => row !== "" && !/\[[\w./-]+\.ts\]\(/.test(row))).toEqual([]);
  });
});

test("the operator's two policies fit the size limit for the inline policies of a role", () => {
  const limits = writtenFile("docs/install-eks.md", "limits.json");
  const hub = writtenFile("docs/multi-account.md", "hub.json");
  const size = [POLICY, limits, hub].reduce((sum, document) => sum + withoutSpace(document).length, 0);
  expect(size).toBeLessThan(10_240);
});

test("the limits deny only actions that the policy of the operator allows", () => {
  const shipped = actionsOf(JSON.parse(POLICY) as Document);
  const denied = actionsOf(JSON.parse(writtenFile("docs/install-eks.md", "limits.json")) as Document);
  expect(denied.filter((action) => !shipped.includes(action))).toEqual([]);
});

describe("docs/README.md names the versions that tests use", () => {
  const page = textOf("docs/README.md");
  test.each([
    ["test/controlplane/go.mod", "k8s.io/kubernetes"],
    ["test/tools/helm4/go.mod", "helm.sh/helm/v4"],
    ["test/tools/helm3/go.mod", "helm.sh/helm/v3"],
    ["test/tools/flux/go.mod", "github.com/fluxcd/cli-utils"],
    ["test/tools/lua/go.mod", "github.com/yuin/gopher-lua"],
    ["test/tools/argocd/go.mod", "github.com/argoproj/argo-cd/v3"],
    ["test/tools/source-controller/go.mod", "github.com/fluxcd/source-controller"],
    ["test/tools/kustomize-controller/go.mod", "github.com/fluxcd/kustomize-controller"],
    ["test/tools/helm-controller/go.mod", "github.com/fluxcd/helm-controller"],
    ["test/tools/restic/go.mod", "github.com/restic/restic"],
    ["test/tools/rclone/go.mod", "github.com/rclone/rclone"],
    ["test/tools/registry/go.mod", "github.com/distribution/distribution/v3"],
    ["test/tools/versitygw/go.mod", "github.com/versity/versitygw"],
  ])("%s: %s", (file, module) => {
    const [, version = "none"] = readFileSync(join(ROOT, file), "utf8").match(new RegExp(`\\b${module} v(\\S+)`)) ?? [];
    expect(page).toContain(version);
  });

  test.each([
    ["clients", ["awscli", "barman", "boto3", "mlflow-skinny", "pyarrow", "s3fs"]],
    ["second-aws", ["localstack-core"]],
  ])("test/%s/requirements.txt", (command, named) => {
    const pins = readFileSync(join(ROOT, "test", command, "requirements.txt"), "utf8");
    const all = [...pins.matchAll(/^([\w-]+)(?:\[[\w,]+\])?==(\S+)/gm)];
    const versions = all.flatMap(([, name = "", version]) => (named.includes(name) ? [version] : []));
    expect(versions).toHaveLength(named.length);
    for (const version of versions) expect(page).toContain(version);
  });
});
