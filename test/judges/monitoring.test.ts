/**
 * Checks that metrics, their page, dashboards and alerts agree. The metrics of a running operator are tested in
 * test/integration/process/metrics.test.ts.
 */
import { Registry } from "prom-client";
import { beforeAll, describe, expect, test } from "vitest";
import { createAwsMetrics } from "../../operator/aws/instrument.ts";
import { createKubeMetrics } from "../../operator/kube/metrics.ts";
import { createMetrics } from "../../operator/observability/metrics.ts";
import {
  allQueries,
  dashboards,
  documentedSeries,
  metricRows,
  namesIn,
  problemsOf,
} from "../conformance/monitoring.ts";
import { runCommand } from "../controlplane/command.ts";
import { findTool } from "../tools/index.ts";

/** The first run has to build promtool. */
const BUILD_MS = 20 * 60_000;

/** The metrics of prom-client that the dashboard shows. */
const PROCESS = ["process_resident_memory_bytes", "process_cpu_seconds_total", "nodejs_eventloop_lag_p99_seconds"];
const series = [...documentedSeries(), ...PROCESS.map((name) => ({ name, labels: [] }))];

let promtool: string;

beforeAll(async () => {
  promtool = await findTool("promtool");
}, BUILD_MS);

function registry(): Registry {
  const all = createMetrics("test").registry;
  createKubeMetrics(all);
  createAwsMetrics(all);
  return all;
}

test("docs/metrics.md lists all our metrics in order, with type, labels and help", async () => {
  const metrics = await registry().getMetricsAsJSON();
  const labels = new Map(
    registry()
      .getMetricsAsArray()
      .map((metric) => [metric.name, (metric as { labelNames?: readonly string[] }).labelNames ?? []]),
  );
  const own = metrics.filter(({ name }) => !/^(process|nodejs)_/.test(name));
  expect(metricRows()).toEqual(
    own
      .map(({ name, type, help }) => ({ name, type: String(type), labels: [...(labels.get(name) ?? [])], help }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  );
});

test("Prometheus accepts the names", async () => {
  const { code, stdout, stderr } = await runCommand(promtool, ["check", "metrics"], {
    // The metrics of process_ and nodejs_ come from prom-client.
    input: (await registry().metrics()).replaceAll(/^.*\b(process|nodejs)_.*\n/gm, "") + "\n",
  });
  expect([code, stdout, stderr]).toEqual([0, "", ""]);
});

describe("queries", () => {
  test.each(allQueries())("$where", async ({ query }) => {
    const plain = query.replaceAll("$__rate_interval", "5m");
    const { code, stderr } = await runCommand(promtool, ["--experimental", "promql", "format", plain]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(problemsOf(query, series)).toEqual([]);
  });

  test("names are found anywhere in a query", () => {
    const query =
      'sum by (a, b) (rate(x_total{c="d{", e!~"f"}[5m])) / on (g) group_left (h) y unless time() - max(z{}) > 3e2';
    expect(namesIn(query)).toEqual({
      selectors: [
        { metric: "x_total", labels: ["c", "e"] },
        { metric: "y", labels: [] },
        { metric: "z", labels: [] },
      ],
      labels: ["a", "b", "g", "h"],
    });
  });

  test("a metric or label that is not served is reported", () => {
    const query = 'sum by (tenant) (rate(s3_operator_aws_requests_total{bucket="a"}[5m])) + s3_operator_requests';
    expect(problemsOf(query, series)).toEqual([
      "s3_operator_aws_requests_total has no label bucket",
      "no metric s3_operator_requests",
      "no metric has the label tenant",
    ]);
  });
});

describe.each(dashboards())("dashboard $title", ({ uid, templating, panels }) => {
  test("all panels use the data source that the user chooses", () => {
    expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
    const sources = panels.filter(({ type }) => type !== "row").map(({ datasource }) => datasource);
    expect(new Set(sources.map((source) => JSON.stringify(source)))).toEqual(
      new Set([JSON.stringify({ type: "prometheus", uid: "${datasource}" })]),
    );
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ["datasource", "datasource"],
      ["job", "query"],
      ["kind", "query"],
      ["namespace", "query"],
    ]);
  });

  test("the variables come from labels that exist", () => {
    const queries = templating.list.flatMap(({ query }) => (typeof query === "string" ? [] : query.query));
    for (const query of queries) {
      const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
      expect(problemsOf(`sum by (${label}) (${selector})`, series), query).toEqual([]);
    }
    expect(queries).toHaveLength(3);
  });

  test("the queries use only variables of the dashboard", () => {
    const known = new Set(["__rate_interval", ...templating.list.map(({ name }) => name)]);
    const used = [...JSON.stringify({ panels, templating }).matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
    expect(used.filter((name) => !known.has(name) && name !== "__all")).toEqual([]);
  });

  test("no panel overlaps another, and each has a description", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
    const shown = panels.filter(({ type }) => type !== "row");
    expect(shown.filter(({ title, description, targets }) => !title || !description || !targets?.length)).toEqual([]);
  });
});
