/**
 * Checks that the API server serves all fields of the operator's kinds. It silently drops unknown fields, in spec and
 * in status. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
 */

import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "pino";
import { sleep, type Clock } from "../clock.ts";
import { createConnection } from "./connection.ts";
import { createExchange } from "./exchange.ts";
import type { KubeMetrics } from "./metrics.ts";
import type { Resource } from "./object.ts";

/** Names of fields with their nested fields. A list or map has the fields of its elements. */
export interface Fields {
  readonly [name: string]: Fields;
}

/** The parts of OpenAPI v3 that the API server uses for custom resources. */
export interface ServedSchema {
  properties?: Record<string, ServedSchema>;
  items?: ServedSchema;
  additionalProperties?: ServedSchema | boolean;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

interface OpenApi {
  components?: { schemas?: Record<string, ServedSchema> };
}

export interface ServedFieldsOptions {
  kubeConfig: KubeConfig;
  /** All of the same group and version. */
  kinds: readonly { resource: Resource; fields: Fields }[];
  userAgent: string;
  clock: Clock;
  metrics: KubeMetrics;
  log: Logger;
  signal: AbortSignal;
}

/** The API server publishes the schema shortly after a new CustomResourceDefinition. */
const TRIES = 10;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 10_000;

/** @throws Error with the missing fields and what to do. Only logs a warning if the schema cannot be read. */
export async function requireServedFields(options: ServedFieldsOptions): Promise<void> {
  const { kubeConfig, kinds, userAgent, clock, metrics, log, signal } = options;
  const connection = createConnection(kubeConfig, userAgent, clock);
  const exchange = createExchange(connection, { timeoutMs: TIMEOUT_MS, clock, metrics });
  const [first] = kinds;
  const path = `/openapi/v3/apis/${first?.resource.group}/${first?.resource.version}`;
  try {
    for (let tries = 1; !signal.aborted; tries += 1) {
      const { components } = (await exchange.send({ name: `get ${path}`, method: "GET", path, signal })) as OpenApi;
      const missing = kinds.flatMap(({ resource, fields }) => missingOf(resource, fields, components?.schemas ?? {}));
      if (missing.length === 0) return;
      if (tries === TRIES) throw new OutdatedError(missing);
      await sleep(clock, PAUSE_MS, signal);
    }
  } catch (error) {
    if (error instanceof OutdatedError) throw error;
    if (!signal.aborted) log.warn({ error }, "Could not find out which fields the API server knows");
  } finally {
    await connection.close();
  }
}

class OutdatedError extends Error {
  constructor(missing: readonly string[]) {
    const more = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : "";
    const named = missing.slice(0, MAX_NAMED).join(", ");
    super(
      `The CustomResourceDefinitions in the cluster are older than this operator and lack ${named}${more}. ` +
        "Apply those of this version first: with Helm, set crds.enabled; else kubectl apply --server-side -f crds/",
    );
    this.name = "OutdatedError";
  }
}

const MAX_NAMED = 5;

/** Paths such as "S3Bucket.status.plan". */
function missingOf(
  { group, version, kind }: Resource,
  fields: Fields,
  schemas: Readonly<Record<string, ServedSchema>>,
): string[] {
  const served = Object.values(schemas).find((schema) =>
    schema["x-kubernetes-group-version-kind"]?.some(
      (each) => each.group === group && each.version === version && each.kind === kind,
    ),
  );
  return served === undefined ? [kind] : missingFields(fields, served, kind);
}

/** The paths of `fields` that the schema lacks, without those inside a missing one. */
export function missingFields(fields: Fields, schema: ServedSchema, path: string): string[] {
  const served = propertiesOf(schema);
  return Object.entries(fields).flatMap(([name, inner]) => {
    const property = Object.hasOwn(served, name) ? served[name] : undefined;
    return property === undefined ? [`${path}.${name}`] : missingFields(inner, property, `${path}.${name}`);
  });
}

function propertiesOf({ properties, items, additionalProperties }: ServedSchema): Record<string, ServedSchema> {
  const element = items ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
  return properties ?? (element === undefined ? {} : propertiesOf(element));
}
