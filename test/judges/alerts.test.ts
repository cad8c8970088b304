/** Evaluates the chart's alerts over scrape series with Prometheus' own code, and checks their runbooks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alertingRules, RULES_FILE, type AlertingRule } from "../conformance/monitoring.ts";
import { runCommand } from "../controlplane/command.ts";
import { findTool } from "../tools/index.ts";
import { ALERT_CASES, type AlertCase } from "./alert-cases.ts";

/** The first run has to build promtool. */
const BUILD_MS = 20 * 60_000;
const RUNBOOKS = new URL("../../docs/runbooks/", import.meta.url);
const PAGES = "https://github.com/s3-operator/s3-operator/blob/main/docs/runbooks/";

let folder: string;
let promtool: string;
const rules = alertingRules();

beforeAll(async () => {
  promtool = await findTool("promtool");
  folder = await mkdtemp(join(tmpdir(), "s3-operator-alerts-"));
  const indented = readFileSync(RULES_FILE, "utf8").replaceAll(/^(?=.)/gm, "  ");
  await writeFile(join(folder, "rules.yaml"), `groups:\n${indented}`);
}, BUILD_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("Prometheus accepts the rules", async () => {
  const { code, stderr } = await runCommand(promtool, ["check", "rules", join(folder, "rules.yaml")]);
  expect([code, stderr]).toEqual([0, ""]);
});

/** The case in promtool's format. It lists every alert of the file, so that an unexpected one is noticed. */
function promtoolTest({ series, at, fires }: AlertCase): object {
  const expected = ({ alert, labels, annotations }: AlertingRule) =>
    fires
      .filter((firing) => firing.alert === alert)
      .map(({ labels: more, summary, description }) => ({
        exp_labels: { ...labels, ...more },
        exp_annotations: { ...annotations, summary, description },
      }));
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: rules.map((rule) => ({ eval_time: at, alertname: rule.alert, exp_alerts: expected(rule) })),
  };
}

describe("alerts", () => {
  test.each(ALERT_CASES)("$title", async (alertCase) => {
    const file = join(folder, `${ALERT_CASES.indexOf(alertCase)}.yaml`);
    // JSON is valid YAML.
    const content = { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [promtoolTest(alertCase)] };
    await writeFile(file, JSON.stringify(content));
    const { code, stdout, stderr } = await runCommand(promtool, ["test", "rules", file]);
    expect(code, stdout + stderr).toBe(0);
  });

  test("each alert fires in a case", () => {
    const fired = new Set(ALERT_CASES.flatMap(({ fires }) => fires.map(({ alert }) => alert)));
    expect([...fired].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  test.each(rules)("$alert has labels, annotations and a runbook", ({ alert, labels, annotations }) => {
    expect(alert).toMatch(/^S3Operator[A-Z][A-Za-z]+$/);
    expect(["critical", "warning", "info"]).toContain(labels["severity"]);
    expect(Object.keys(annotations).sort()).toEqual(["description", "runbook_url", "summary"]);
    expect(annotations["summary"]).not.toMatch(/\.$/);
    expect(annotations["description"]).toMatch(/\.$/);
    expect(annotations["runbook_url"]).toBe(`${PAGES}${alert}.md`);
    const page = new URL(`${alert}.md`, RUNBOOKS);
    expect(existsSync(page), `docs/runbooks/${alert}.md`).toBe(true);
    const headings = readFileSync(page, "utf8").match(/^#+ .*$/gm);
    expect(headings).toEqual([`# ${alert}`, "## What it means", "## How to diagnose", "## What to do"]);
  });

  test("an alert is critical only when the operator does no work at all", () => {
    const critical = rules.filter(({ labels }) => labels["severity"] === "critical").map(({ alert }) => alert);
    expect(critical).toEqual(["S3OperatorDown", "S3OperatorNoLeader"]);
  });

  test("every runbook is about an existing alert", () => {
    const pages = readdirSync(RUNBOOKS).filter((page) => page !== "README.md");
    expect(pages.sort()).toEqual(rules.map(({ alert }) => `${alert}.md`).sort());
  });
});
