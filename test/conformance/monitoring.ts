/** Reads the chart's rules and dashboards for Prometheus and Grafana, and the metrics that their queries name. */
import { readdirSync, readFileSync } from "node:fs";
import { load } from "js-yaml";

const FILES = new URL("../../charts/s3-operator/files/", import.meta.url);

export const RULES_FILE = new URL("alerts/operator.yaml", FILES);

export interface AlertingRule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

interface RecordingRule {
  record: string;
  expr: string;
}

const rules = () =>
  (load(readFileSync(RULES_FILE, "utf8")) as { rules: (AlertingRule | RecordingRule)[] }[]).flatMap(
    (group) => group.rules,
  );

export const alertingRules = () => rules().filter((rule) => "alert" in rule);

const recordingRules = () => rules().filter((rule) => "record" in rule);

export interface Panel {
  title: string;
  type: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  description?: string;
  targets?: { refId: string; expr: string }[];
}

export interface Dashboard {
  title: string;
  uid: string;
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
  panels: Panel[];
}

export function dashboards(): Dashboard[] {
  const folder = new URL("dashboards/", FILES);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Dashboard);
}

/** Every query of the rules and dashboards, with its place. */
export function allQueries(): { where: string; query: string }[] {
  const panels = dashboards().flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({ where: `${title}: ${panel.title}`, query: expr })),
    ),
  );
  const ruleQueries = rules().map((rule) => ({
    where: "alert" in rule ? rule.alert : rule.record,
    query: rule.expr,
  }));
  return [...ruleQueries, ...panels];
}

/** One metric in a query. */
export interface Selector {
  metric: string;
  /** Labels in the selector of the metric. */
  labels: string[];
}

export interface Names {
  selectors: Selector[];
  /** Labels by which results are grouped or joined. */
  labels: string[];
}

const WORDS = /^(and|or|unless|bool|offset|inf|nan|group_left|group_right|by|without|on|ignoring)$/i;

/** The metrics and labels in a query that Prometheus can parse, which promtool checks. */
export function namesIn(query: string): Names {
  const labels = (list: string) => list.split(",").flatMap((name) => name.trim() || []);
  const grouped: string[] = [];
  const selectors: Selector[] = [];
  query
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_, list: string) => {
      grouped.push(...labels(list));
      return " ";
    })
    .replaceAll(/(?<![\w.])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?/g, (_, word: string, rest = "") => {
      const matchers = [...rest.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);
      if (rest !== "(" && !WORDS.test(word)) selectors.push({ metric: word, labels: matchers });
      return rest === "(" ? "(" : " ";
    });
  return { selectors, labels: grouped };
}

export interface MetricRow {
  name: string;
  type: string;
  labels: string[];
  help: string;
}

/** The tables of docs/metrics.md whose first column is a metric. */
export function metricRows(): MetricRow[] {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) *\| (.*?) *\|$/gm)];
  return rows
    .map(([, name = "", type = "", labels = "", help = ""]) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label),
      help: help.replaceAll("\\<", "<"),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The name of a metric in a scrape, and its labels. */
export interface Series {
  name: string;
  labels: readonly string[];
}

/** A histogram has three series. */
function seriesOf({ name, type, labels }: MetricRow): Series[] {
  if (type !== "histogram") return [{ name, labels }];
  return [
    { name: `${name}_bucket`, labels: [...labels, "le"] },
    { name: `${name}_sum`, labels },
    { name: `${name}_count`, labels },
  ];
}

/** All metrics of docs/metrics.md. */
export const documentedSeries = () => metricRows().flatMap(seriesOf);

/**
 * Labels and metrics that Prometheus itself adds (https://prometheus.io/docs/concepts/jobs_instances/), and the labels
 * of the Prometheus Operator.
 */
const TARGET_LABELS = ["job", "instance", "namespace", "pod"];

/** The metrics and labels that the query names and no component serves. */
export function problemsOf(query: string, served: readonly Series[]): string[] {
  const recorded = recordingRules().map(({ record, expr }) => ({ name: record, labels: namesIn(expr).labels }));
  const labelsOf = new Map([...served, ...recorded].map(({ name, labels }) => [name, [...labels, ...TARGET_LABELS]]));
  const { selectors, labels } = namesIn(query);
  const unknown = selectors.flatMap(({ metric, labels: selected }) => {
    const known = labelsOf.get(metric);
    if (known === undefined) return [`no metric ${metric}`];
    return selected.filter((label) => !known.includes(label)).map((label) => `${metric} has no label ${label}`);
  });
  const all = new Set(selectors.flatMap(({ metric }) => labelsOf.get(metric) ?? []));
  return [...unknown, ...labels.filter((label) => !all.has(label)).map((label) => `no metric has the label ${label}`)];
}
