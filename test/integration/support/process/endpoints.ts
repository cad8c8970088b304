import { eventually } from "../expect/wait.ts";
import type { NodeProcess } from "./process.ts";

export interface Answer {
  status: number;
  body: string;
}

/** Sends a GET to an operator started with `--health-address=127.0.0.1:0`, or the same for metrics. */
export async function ask(operator: NodeProcess, path: string): Promise<Answer> {
  const port = await portOf(operator, path);
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

/** Ports, as soon as the log has them; fails when the operator has ended. */
async function portOf(operator: NodeProcess, path: string): Promise<number> {
  const ended = operator.exited.then((exit) => {
    throw new Error(`Ended (${JSON.stringify(exit)}): ${operator.output()}`);
  });
  const listening = eventually(
    () => operator.log().find(({ msg }) => msg === "Listening")?.["ports"] as Record<string, number> | undefined,
    (ports) => ports !== undefined,
    () => operator.output(),
  );
  const ports = await Promise.race([listening, ended]);
  const port = ports?.[path];
  if (port === undefined) throw new Error(`No port for ${path}: ${JSON.stringify(ports)}`);
  return port;
}

/** https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export async function scrape(operator: NodeProcess): Promise<Sample[]> {
  const { status, body } = await ask(operator, "/metrics");
  if (status !== 200) throw new Error(`/metrics answered ${status}: ${body}`);
  return body
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseSample);
}

function parseSample(line: string): Sample {
  const [, name = "", labels = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === "") throw new Error(`Not a sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}

/** Sum of the samples with this name and at least these labels; undefined without any. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
