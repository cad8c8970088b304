/**
 * Checks of the repository: least privilege in workflows, and the files that users expect.
 * https://github.com/ossf/scorecard/blob/main/docs/checks.md
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: Step[] }>;
}

const workflows = readdirSync(join(ROOT, ".github/workflows"));

describe.each(workflows)("workflow %s", (file) => {
  const text = read(`.github/workflows/${file}`);
  const { on, permissions, jobs } = load(text) as Workflow;
  const all = Object.values(jobs);
  const steps = all.flatMap((job) => job.steps);

  test("the workflow pins every action by commit, with its version in a comment", () => {
    const uses = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    expect(uses.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test("the workflow grants no permission to all jobs, and lists the permissions of each job", () => {
    expect(permissions).toEqual({});
    expect(all.filter((job) => job.permissions === undefined || job["timeout-minutes"] === undefined)).toEqual([]);
    const writes = all.flatMap((job) => Object.entries(job.permissions ?? {}).filter(([, value]) => value !== "read"));
    if ("pull_request" in on) expect(writes, "the code of a pull request gets no write permission").toEqual([]);
    expect(on).not.toHaveProperty("pull_request_target");
  });

  test("the workflow persists no credentials, and expands no untrusted input in a shell", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
});

test("both architectures are released, with a bill of materials, provenance and a signature", () => {
  const { jobs } = load(read(".github/workflows/release.yaml")) as Workflow;
  const steps = jobs["image"]?.steps ?? [];
  const build = steps.find(({ uses }) => uses?.startsWith("docker/build-push-action@"));
  expect(build?.with).toMatchObject({ platforms: "linux/amd64,linux/arm64", sbom: true, provenance: "mode=max" });
  expect(steps.some(({ run }) => run?.startsWith("cosign sign "))).toBe(true);
});

test("the image runs as a numeric user, has no shell, and is labelled", () => {
  const dockerfile = read("Dockerfile");
  expect(dockerfile).toMatch(/^USER 65532:65532$/m);
  expect(dockerfile.match(/^FROM .*$/gm)?.at(-1)).toMatch(/^FROM gcr\.io\/distroless\/nodejs24-\w+:nonroot$/);
  for (const label of ["title", "description", "source", "licenses", "version", "revision"]) {
    expect(dockerfile).toContain(`org.opencontainers.image.${label}=`);
  }
  expect(dockerfile, "the project's version of Node").toContain(
    `FROM --platform=$BUILDPLATFORM node:${read(".node-version").trim()}-`,
  );
});

test("the files that users expect exist", () => {
  const files = ["LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/adr/README.md"];
  const github = ["CODEOWNERS", "CODE_OF_CONDUCT.md", "GOVERNANCE.md", "SUPPORT.md", "dependabot.yml"];
  const expected = [...files, ...github.map((file) => `.github/${file}`)];
  expect(expected.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

/** The file by which each package ecosystem of Dependabot is known. */
const MANIFESTS = {
  docker: "Dockerfile",
  "github-actions": "ci.yaml",
  gomod: "go.mod",
  npm: "package.json",
  pip: "requirements.txt",
};

test("dependabot updates every kind of dependency", () => {
  const { updates } = load(read(".github/dependabot.yml")) as { updates: { "package-ecosystem": string }[] };
  const ecosystems = updates.map((update) => update["package-ecosystem"]).sort();
  const names = new Set(repositoryFiles().map((path) => basename(path)));
  const used = Object.entries(MANIFESTS).flatMap(([ecosystem, file]) => (names.has(file) ? ecosystem : []));
  expect(ecosystems).toEqual(used.sort());
});

/** Paths of tracked and new files that exist. */
function repositoryFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\n").filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

test("the repository contains no binary", () => {
  expect(repositoryFiles().filter((path) => readFileSync(join(ROOT, path)).includes(0))).toEqual([]);
});

test("every Markdown file that a text names is in the repository", () => {
  const files = repositoryFiles();
  const present = new Set(files.map((path) => basename(path)));
  const missing = files.flatMap((path) => {
    const named =
      read(path)
        .replaceAll(/https?:\S+/g, "")
        .match(/[\w.-]*\w\.md\b/g) ?? [];
    return named.filter((name) => !present.has(name)).map((name) => `${path}: ${name}`);
  });
  expect(missing).toEqual([]);
});

describe("test/aws/FACTS.md", () => {
  const text = read("test/aws/FACTS.md");
  const facts = text
    .split(/^## .*$/m)
    .slice(1)
    .flatMap((section) => section.split(/^- /m).slice(1));

  test("every fact names its source", () => {
    const defined = new Set([...text.matchAll(/^\[(.+?)\]: https:/gm)].map(([, name]) => name));
    const isSourced = (fact: string) => {
      const source = /Source:\s+(.*)/s.exec(fact.split("\n\n")[0] ?? "")?.[1] ?? "";
      const links = [...source.matchAll(/\[[^\]]+\](?:\[([^\]]+)\])?/g)].map(
        ([link, name]) => name ?? link.slice(1, -1),
      );
      return (
        links.every((link) => defined.has(link)) &&
        (links.length > 0 || /observed on|unsourced,\s+assumed:/.test(source))
      );
    };
    expect(facts.length).toBeGreaterThan(100);
    expect(facts.filter((fact) => !isSourced(fact))).toEqual([]);
  });

  test("every link to it from code or a page has its heading", () => {
    const slug = (heading: string) => heading.toLowerCase().replaceAll(" ", "-");
    const anchors = new Set([...text.matchAll(/^## (.*)$/gm)].map(([, heading = ""]) => slug(heading)));
    const links = repositoryFiles().flatMap((path) =>
      [...read(path).matchAll(/FACTS\.md#([\w-]+)/g)].map(([, link]) => link),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !anchors.has(link ?? ""))).toEqual([]);
  });
});
