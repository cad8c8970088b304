import { readdirSync, readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stopExpiring } from "../deletion/emptying/lifecycle.ts";
import { failing, fakeBucket } from "../testing/fake-bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { kitOf } from "../testing/kits.ts";
import { randomFrom } from "../testing/random.ts";
import { rewritingS3 } from "../testing/rewriting-s3.ts";
import { SETTINGS } from "./index.ts";
import type { Setting } from "./setting.ts";

/* Stores other than S3 may delete the bucket on an unknown DELETE: none is sent unless a GET has shown the document. */

/** All SDK commands that delete a document of a bucket's configuration. */
const DELETES = Object.entries(sdk as Record<string, unknown>).flatMap(([name, schema]) => {
  const { http = [] } = (Array.isArray(schema) && schema[0] === 9 ? schema[3] : {}) as { http?: string[] };
  return http[0] === "DELETE" && http[1]?.startsWith("/?") ? [`${name.slice(0, -1)}Command`] : [];
});

const SOURCES = new URL("../../", import.meta.url);
const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("testing/"))
  .map((file) => readFileSync(new URL(file, SOURCES), "utf8"));
/** The ones that the operator imports. */
const IMPORTED = DELETES.filter((command) =>
  sources.some((source) => new RegExp(`\\b${command}\\b[^;]*from "@aws-sdk/client-s3"`).test(source)),
);

const context = settingContextWith({ operator: { callerArn: "", actions: [] } });

/** DELETEs that a reset sends: to a bucket that still has the setting, or to one that lost it. */
async function deletes(setting: Setting, value: unknown, isThere: boolean): Promise<string[]> {
  const { bucket, calls } = rewritingS3(randomFrom(1));
  const desired = setting.desired({ [setting.name]: value }, context);
  const absent = await setting.observe(bucket);
  await setting.write(bucket, desired, absent);
  const observed = await setting.observe(bucket);
  const reported = setting.report?.(desired, observed) as Record<string, { appliedIds?: string[] }> | undefined;
  const appliedIds = { [setting.name]: reported?.[setting.name]?.appliedIds ?? [] };
  const reset = setting.reset(observed, { ...context, appliedIds });
  calls.length = 0;
  if (reset !== undefined) await setting.write(bucket, reset, isThere ? observed : absent);
  return calls.map(({ command }) => command).filter((command) => DELETES.includes(command));
}

const sent = new Set<string>();

describe.each(SETTINGS.map((setting) => [setting.name, setting] as const))("%s", (name, setting) => {
  test("deletes what a GET has shown, and nothing else", async () => {
    for (const value of fc.sample<unknown>(kitOf(name).arbitrary, { numRuns: 10, seed: 3 })) {
      for (const command of await deletes(setting, value, true)) sent.add(command);
      expect(await deletes(setting, value, false)).toEqual([]);
    }
  });
});

test("every command that the operator imports was tried", () => {
  expect([...sent].sort()).toEqual(IMPORTED.sort());
});

test("only deleteSeen sends them", () => {
  const text = sources.join("\n").replaceAll(/\s+/g, "");
  for (const command of IMPORTED) {
    const before = text.split(`new${command}(`).slice(0, -1);
    expect(before.length, command).toBeGreaterThan(0);
    for (const each of before) expect(each.slice(-60)).toMatch(/deleteSeen\(bucket,[\w.]+,$|removal:\(target\)=>$/);
  }
});

describe("rules by which S3 empties a bucket", () => {
  const RULES = [{ ID: "s3-operator-expire-all", Status: "Enabled" }];

  test("are deleted where S3 shows them, or older ones", async () => {
    const { bucket, calls } = fakeBucket(() => ({ Rules: RULES }));
    await stopExpiring(bucket);
    expect(calls.map(({ command }) => command)).toEqual([
      "GetBucketLifecycleConfigurationCommand",
      "DeleteBucketLifecycleCommand",
    ]);
  });

  test("are switched off where S3 shows none, which may be an old answer", async () => {
    const absent = failing("NoSuchLifecycleConfiguration", 404);
    const { bucket, calls } = fakeBucket(({ command }) => (command.startsWith("Get") ? absent() : {}));
    await stopExpiring(bucket);
    expect(calls.map(({ command }) => command)).toEqual([
      "GetBucketLifecycleConfigurationCommand",
      "PutBucketLifecycleConfigurationCommand",
    ]);
    expect(JSON.stringify(calls[1]?.input)).not.toContain("Enabled");
  });

  test("need nothing where the bucket is gone", async () => {
    const { bucket, calls } = fakeBucket(failing("NoSuchBucket", 404));
    await stopExpiring(bucket);
    expect(calls).toHaveLength(1);
  });
});
