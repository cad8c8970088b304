/**
 * Tests the objects that the chart renders from its values, with real Helm 4 and 3, without a cluster. `vitest -u`
 * rewrites the golden files; review their difference.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helpText, parseConfig } from "../../operator/cli/config.ts";
import { loadDefinitions } from "../../scripts/schema.ts";
import { CHART, createHelm, HELMS, only, type Helm, type HelmName } from "./support/helm.ts";
import { containerOf, type Deployment } from "./support/workload.ts";

interface Values {
  account: { spec: object };
}

interface ValuesSchema {
  definitions: { AWSAccountSpec: { properties: object } };
}

const FOLDER = import.meta.dirname;
const CASES = readdirSync(join(FOLDER, "values")).map((file) => file.replace(".yaml", ""));
const valuesFile = (name: string) => `--values=${join(FOLDER, "values", `${name}.yaml`)}`;

const helms = new Map<HelmName, Helm>();
beforeAll(async () => {
  for (const name of HELMS) helms.set(name, await createHelm(name));
});
afterAll(async () => {
  for (const helm of helms.values()) await helm[Symbol.asyncDispose]();
});

function helm(name: HelmName = "helm4"): Helm {
  const found = helms.get(name);
  if (found === undefined) throw new Error(`No ${name}`);
  return found;
}

async function deployment(...args: string[]): Promise<Deployment> {
  return only(await helm().template(...args), "Deployment") as Deployment;
}

describe.each(CASES)("values of %s.yaml", (name) => {
  const render = (by: HelmName) =>
    helm(by).output("template", "s3-operator", CHART, "--namespace=system", valuesFile(name));

  test("the chart renders the golden file", async () => {
    // The CRDs are long, and have a test of their own.
    const text = (await render("helm4")).split(/^---\n/m).filter((document) => !document.includes("templates/crds/"));
    await expect(text.join("---\n")).toMatchFileSnapshot(join(FOLDER, "golden", `${name}.yaml`));
  });

  test("a second rendering is the same, and so is that of Helm 3", async () => {
    expect(await render("helm4")).toBe(await render("helm4"));
    const [four, three] = await Promise.all(HELMS.map((by) => helm(by).template(valuesFile(name))));
    expect(three).toEqual(four);
  });

  test.each(HELMS)("%s lint finds nothing", async (by) => {
    const { code, stdout, stderr } = await helm(by).run("lint", "--strict", CHART, valuesFile(name));
    expect(code, stdout + stderr).toBe(0);
  });
});

test("the chart's CRDs are those of crds/, and an uninstall keeps them", async () => {
  const rendered = (await helm().template()).filter(({ kind }) => kind === "CustomResourceDefinition");
  const definitions = loadDefinitions();
  expect(rendered).toHaveLength(definitions.length);
  for (const definition of definitions) {
    const { name } = definition.metadata;
    const found = only(rendered, "CustomResourceDefinition", name);
    expect(found, name).toMatchObject({ spec: definition.spec });
    expect(found.metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
  }
  const args = ["--set=crds.keep=false", "--set=crds.annotations.a=b"];
  const given = (await helm().template(...args)).filter(({ kind }) => kind === "CustomResourceDefinition");
  for (const { metadata } of given) expect(metadata.annotations).toEqual({ a: "b" });
});

describe("the operator's flags", () => {
  const nameOf = (arg: string) => arg.slice(2).split("=")[0] ?? "";
  /** Flags that have no use in a cluster, where the operator uses the Pod's own ServiceAccount. */
  const UNUSED = new Set(["kubeconfig", "version", "help"]);

  test("each flag is set by a value, and the chart sets no other", async () => {
    const flags = [...helpText().matchAll(/^ {2}--([a-z0-9-]+)/gm)].map(([, name = ""]) => name);
    const { args } = containerOf(
      (await deployment(valuesFile("namespaces"), "--set=watch.selector=a=b")).spec.template.spec,
    );
    expect(args.map(nameOf).sort()).toEqual(flags.filter((flag) => !UNUSED.has(flag)).sort());
  });

  test("the chart's defaults are those of the operator", async () => {
    const { args } = containerOf((await deployment()).spec.template.spec);
    const namespace = "--leader-election-namespace=system";
    expect(args).toContain(namespace);
    expect(parseConfig(args, {})).toEqual(parseConfig([namespace], {}));
  });
});

describe("the default AWSAccount", () => {
  const REGION = "--set=account.region=eu-central-1";
  const account = async (...args: string[]) =>
    only(await helm().template("--set=account.id=111122223333", REGION, ...args), "AWSAccount");

  test("the AWSAccount is a hook where its kind is not served yet, with the labels by which an upgrade takes it over", async () => {
    expect((await account()).metadata).toMatchObject({
      name: "default",
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        "helm.sh/hook": "post-install,post-upgrade",
        "helm.sh/resource-policy": "keep",
        "meta.helm.sh/release-name": "s3-operator",
        "meta.helm.sh/release-namespace": "system",
      },
    });
  });

  test("the AWSAccount is an object of the release where its kind is served, and is never deleted", async () => {
    const { metadata } = await account("--api-versions=s3-operator.io/v1alpha1/AWSAccount");
    expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
  });

  test.each([
    ["--set=account.id=111122223333", "111122223333"],
    ["--set=account.id=011122223333", "011122223333"],
    ["--set-string=account.id=111122223333", "111122223333"],
    ["--set-json=account.id=111122223333", "111122223333"],
    ["--set-json=account.id=11122223333", "011122223333"],
  ])("%s gives account ID %s", async (arg, id) => {
    const objects = await helm().template(arg, REGION);
    expect(only(objects, "AWSAccount")).toMatchObject({
      spec: { accountId: id, region: "eu-central-1", default: true },
    });
  });

  test("account.spec overrides defaults and adds fields", async () => {
    const spec = '--set-json=account.spec={"default":false,"allowAdoption":true}';
    expect(await account(spec)).toMatchObject({ spec: { default: false, allowAdoption: true } });
  });

  test("every other field of the kind is a value, and is rendered unchanged", async () => {
    const { account: values } = load(readFileSync(join(FOLDER, "values", "everything.yaml"), "utf8")) as Values;
    const schema = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")) as ValuesSchema;
    const fields = Object.keys(schema.definitions.AWSAccountSpec.properties).filter((field) => field !== "default");
    expect(Object.keys(values.spec).sort()).toEqual(fields.sort());
    expect(await account(valuesFile("everything"))).toMatchObject({ spec: values.spec });
  });

  test("the example in the README is valid", async () => {
    const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync(join(CHART, "README.md"), "utf8")) ?? [];
    const values = load(text) as Values;
    const objects = await helm().template(`--set-json=account=${JSON.stringify(values.account)}`);
    expect(only(objects, "AWSAccount")).toMatchObject({ spec: values.account.spec });
  });
});

test("the chart's appVersion is the operator's version and the image's tag", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(load(readFileSync(join(CHART, "Chart.yaml"), "utf8"))).toMatchObject({ appVersion: version });
  expect(containerOf((await deployment()).spec.template.spec).image).toBe(`ghcr.io/s3-operator/s3-operator:${version}`);
});

test("releases have ClusterRoles of the same name exactly when they have the same scope", async () => {
  const nameOf = async (...args: string[]) => {
    const objects = await helm().template(...args, "--set=rbac.userRoles=false");
    return only(objects, "ClusterRole").metadata.name;
  };
  expect(await nameOf("--set=fullnameOverride=other")).toBe(await nameOf());
  expect(await nameOf("--set=watch.namespaces={b,a}")).toBe(await nameOf("--set=watch.namespaces={a,b}"));
  const scopes = [[], ["--set=watch.namespaces={a,b}"], ["--set=watch.namespaces={a}"], ["--set=watch.selector=a"]];
  expect(new Set(await Promise.all(scopes.map((args) => nameOf(...args)))).size).toBe(scopes.length);
});

describe("the chart's notes", () => {
  const notes = async (...args: string[]) => {
    const output = await helm().output(
      "install",
      "s3-operator",
      CHART,
      "--namespace=system",
      "--dry-run=client",
      ...args,
    );
    return output.slice(output.indexOf("\nNOTES:"));
  };

  test("the notes without values explain how to set an account and credentials", async () => {
    const text = await notes();
    expect(text).toContain("it watches all namespaces.");
    expect(text).toContain("kind: AWSAccount");
    expect(text).toContain("associate the ServiceAccount\nsystem/s3-operator with a role");
    expect(text).not.toContain("WARNING");
  });

  test("the notes with an account and credentials explain how to check them", async () => {
    const account = ["--set=account.id=111122223333", "--set=account.region=eu-central-1"];
    const text = await notes(...account, "--set=serviceAccount.annotations.role=a", "--set=watch.namespaces={a,b}");
    expect(text).toContain("it watches the namespaces a, b.");
    expect(text).toContain("kubectl get awsaccount default");
    expect(text).not.toContain("kind: AWSAccount");
    expect(text).not.toContain("The values contain no AWS credentials");
    expect(text).toContain("set account.spec.workloadIdentity before");
    const pods = '--set-json=account.spec.workloadIdentity={"type":"PodIdentity","clusterName":"main"}';
    expect(await notes(...account, pods)).not.toContain("workloadIdentity");
  });

  test("the notes warn of dangerous values", async () => {
    expect(await notes("--set=crds.keep=false")).toContain("WARNING: crds.keep is false");
    expect(await notes("--set=crds.enabled=false")).toContain("crds.enabled is false");
  });
});
