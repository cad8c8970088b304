import { load } from "js-yaml";
import { expect, test } from "vitest";
import { fakeBucket } from "../bucket/testing/fake-bucket.ts";
import { manifestOf } from "./manifest.ts";

const { bucket } = fakeBucket();
const comments = (text: string) => text.split("\n").filter((line) => line.startsWith("#"));

test("adopts by name and region, in Observe mode", () => {
  const text = manifestOf({ name: "documents", namespace: "team" }, bucket, { spec: { abac: "Enabled" }, notes: [] });
  expect(load(text)).toEqual({
    apiVersion: "s3-operator.io/v1alpha1",
    kind: "S3Bucket",
    metadata: { name: "documents", namespace: "team" },
    spec: { bucketName: "docs", region: "eu-central-1", mode: "Observe", adoptionPolicy: "Adopt", abac: "Enabled" },
  });
  expect(comments(text)).toHaveLength(3);
  expect(text).not.toContain("Left out");
});

test.each(["a\nb: c", "a\r\nb", "a\u2028b", "a\u0085b", "a\u202eb", "a\u0000b", "a\ud800"])(
  "writes the note %j as one line of comment",
  (note) => {
    const text = manifestOf({ name: "documents", namespace: undefined }, bucket, { spec: {}, notes: [note] });
    expect(comments(text).at(-1)).toMatch(/^# - [ -~]*$/);
    expect(load(text)).toMatchObject({ metadata: { name: "documents" } });
  },
);

test("cuts a long note", () => {
  const text = manifestOf({ name: "documents", namespace: undefined }, bucket, { spec: {}, notes: ["x".repeat(5000)] });
  expect(comments(text).at(-1)?.length).toBeLessThan(1_100);
});

// kubectl reads all of these as numbers (measured), and would rename keys.
test.each(["0X1F", "0B11", "0O17", "0_b1", "1_E3", "1e_3", "-0B1", "+0X1"])(
  "quotes %j, which only kubectl reads as a number",
  (value) => {
    const spec = { tags: { [value]: value } };
    const text = manifestOf({ name: "d", namespace: undefined }, bucket, { spec, notes: [] });
    expect(text).toContain(`"${value}": "${value}"`);
  },
);

test.each(["on", "1_000", "0x1F", "12:30", "2024-01-01", "", " a", "#", "a: b", "null", "x\ny", "*a"])(
  "keeps the value %j a string",
  (value) => {
    const text = manifestOf({ name: "d", namespace: undefined }, bucket, {
      spec: { tags: { [`k${value}`]: value } },
      notes: [],
    });
    expect(load(text)).toMatchObject({ spec: { tags: { [`k${value}`]: value } } });
  },
);
