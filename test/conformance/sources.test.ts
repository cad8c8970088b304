/**
 * Every limit of the CRDs has a source: a page of AWS or Kubernetes, the SDK's model, or a reason why it is the operator's
 * own. A limit that was guessed from one example refuses what AWS accepts.
 */

import * as s3 from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { globMatches } from "../../operator/aws/policy/glob.ts";
import { fieldsOf, loadDefinitions, storedSchema, type Field, type Schema } from "../../scripts/schema.ts";
import { BOUNDS } from "./sources/bounds.ts";
import { FORMS } from "./sources/forms.ts";
import type { Row } from "./sources/row.ts";
import { RULES } from "./sources/rules.ts";
import { WORDS } from "./sources/words.ts";

type Keyword = keyof Schema;

const BOUND: Keyword[] = [
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minProperties",
  "maxProperties",
];

const FIELDS: readonly Field[] = loadDefinitions().flatMap((definition) => {
  const spec = storedSchema(definition).properties?.["spec"] ?? {};
  return [...fieldsOf(spec)].map((field) => ({ ...field, path: `${definition.spec.names.kind} ${field.path}` }));
});

function fieldsWith(...keywords: Keyword[]): string[] {
  return FIELDS.filter(({ schema }) => keywords.some((keyword) => schema[keyword] !== undefined)).map(
    ({ path }) => path,
  );
}

/** Paths without a row or with several, and rows without a path. */
function gaps(paths: readonly string[], limits: readonly string[], isOf = globMatches) {
  return {
    unsourced: paths.filter((path) => !limits.some((limit) => isOf(limit, path))),
    ambiguous: paths.filter((path) => limits.filter((limit) => isOf(limit, path)).length > 1),
    idle: limits.filter((limit) => !paths.some((path) => isOf(limit, path))),
  };
}

function limitsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ limits }) => limits);
}

const NONE = { unsourced: [], ambiguous: [], idle: [] };

test("every bound has a source", () => {
  expect(gaps(fieldsWith(...BOUND), limitsOf(BOUNDS))).toEqual(NONE);
});

test("every pattern has a source", () => {
  expect(gaps(fieldsWith("pattern", "format"), limitsOf(FORMS))).toEqual(NONE);
});

test("every list of words has a source", () => {
  expect(gaps(fieldsWith("enum"), limitsOf(WORDS))).toEqual(NONE);
});

test("every rule has a source", () => {
  const messages = FIELDS.flatMap(({ schema }) => schema["x-kubernetes-validations"] ?? []).map(
    ({ message }) => message,
  );
  expect(gaps(messages, limitsOf(RULES), (limit, message) => message.startsWith(limit))).toEqual(NONE);
});

test.each([...BOUNDS, ...FORMS, ...RULES])("$limits: from a page, or with a reason", ({ from, ours }) => {
  expect(from ?? ours).toBeDefined();
  if (from !== undefined)
    expect(from).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|kubernetes\.io|www\.rfc-editor\.org)\//);
});

describe("words are those of the SDK", () => {
  test.each(WORDS.filter(({ sdk }) => sdk !== undefined))("$sdk", ({ limits, sdk, adds = [], omits = {} }) => {
    const known = Object.values((s3 as unknown as Record<string, Record<string, string>>)[sdk ?? ""] ?? {});
    expect(known.length).toBeGreaterThan(0);
    for (const { path, schema } of FIELDS.filter(({ path }) => limits.some((limit) => globMatches(limit, path)))) {
      const expected = [...known.filter((word) => !(word in omits)), ...adds];
      expect({ path, words: new Set(schema.enum) }).toEqual({ path, words: new Set(expected) });
    }
    expect(Object.keys(omits).filter((word) => !known.includes(word))).toEqual([]);
  });
});
