/**
 * Writes the generated files: TypeScript types and reference pages from crds/; the table of settings and the operator's
 * IAM policy from the settings; the chart's CRDs, roles, README and AWSAccount schema; install.yaml; Argo CD's
 * configuration. With --check it writes nothing, names the files that are stale or missing, and exits 1 if there are
 * any.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { builtTool, findTool } from "../test/tools/index.ts";
import { generateCrdTemplate } from "./chart/crds.ts";
import { generateRules } from "./chart/rbac.ts";
import { generateReadme } from "./chart/readme.ts";
import { generateValuesSchema } from "./chart/values-schema.ts";
import { generateChecks } from "./checks/generate.ts";
import { generateArgocdConfig } from "./generate-argocd.ts";
import { generateDocs } from "./generate-docs.ts";
import { generateFields } from "./generate-fields.ts";
import { generateInstallYaml } from "./generate-install-yaml.ts";
import { generateIamPolicy, generateSettingsTable } from "./generate-permissions.ts";
import { generateTypes } from "./generate-types.ts";
import { loadDefinitions } from "./schema.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CHART = "charts/s3-operator";

/** Every generated file: its path from the root of the project, and its text. */
async function generated(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const definitions = loadDefinitions();
  for (const definition of definitions) {
    const { singular, plural } = definition.spec.names;
    files.set(`operator/api/generated/${singular}.ts`, await generateTypes(definition));
    if (plural === "s3buckets") files.set(`operator/api/generated/${singular}-checks.ts`, generateChecks(definition));
    files.set(`docs/reference/${singular}.md`, await generateDocs(definition));
    files.set(`${CHART}/templates/crds/${plural}.yaml`, generateCrdTemplate(definition));
  }
  files.set("operator/api/generated/fields.ts", generateFields(definitions));
  files.set(`${CHART}/templates/_rules.tpl`, generateRules(definitions));
  const chartFile = (path: string) => readFile(`${ROOT}${CHART}/${path}`, "utf8");
  files.set(`${CHART}/README.md`, await generateReadme(await chartFile("values.yaml")));
  const valuesSchema = await generateValuesSchema(await chartFile("values.schema.json"), definitions);
  files.set(`${CHART}/values.schema.json`, valuesSchema);
  files.set("argocd/argocd-cm-patch.yaml", await generateArgocdConfig(`${ROOT}argocd/resource_customizations`));
  files.set("docs/reference/settings.md", await generateSettingsTable());
  files.set("docs/iam-policy.json", await generateIamPolicy());
  return files;
}

/** @returns the paths of files with another text, missing ones included */
async function staleFiles(files: Map<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of files) {
    const actual = await readFile(ROOT + path, "utf8").catch(() => undefined);
    if (actual !== text) stale.push(path);
  }
  return stale;
}

/** Writes the stale files. */
async function write(files: Map<string, string>): Promise<void> {
  for (const path of await staleFiles(files)) {
    await mkdir(dirname(ROOT + path), { recursive: true });
    await writeFile(ROOT + path, files.get(path) ?? "");
    console.log(`wrote ${path}`);
  }
}

const isCheck = process.argv.includes("--check");
const files = await generated();
if (!isCheck) await write(files);
// From the chart as written above. A check does not build Helm: test/helm/install-yaml.test.ts checks the file too.
const helm = await (isCheck ? builtTool("helm4") : findTool("helm4"));
if (helm !== undefined) files.set("install.yaml", await generateInstallYaml(helm));
if (isCheck) {
  for (const path of await staleFiles(files)) {
    console.error(`${path} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  }
} else {
  await write(files);
}
