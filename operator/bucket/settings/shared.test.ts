import { describe, expect, test } from "vitest";
import { loadDefinitions, storedSchema } from "../../../scripts/schema.ts";
import type { S3BucketSpec } from "../../api/types.ts";
import { createHistory } from "../../reconcile/history.ts";
import { applySettings } from "../apply.ts";
import { fakeBucket } from "../testing/fake-bucket.ts";
import { planOf, settingContextWith } from "../testing/fixtures.ts";
import { SETTINGS } from "./index.ts";

/* Another tool adds an entry to a document between our look at it and our write of it: its entry stays. */

interface Case {
  spec: S3BucketSpec;
  get: string;
  /** What S3 answers with entries of others. */
  answer: (theirs: boolean) => object;
  put: string;
}

const RULE = { ID: "theirs", Status: "Enabled", Filter: { Prefix: "theirs/" }, Expiration: { Days: 1 } };
const STATEMENT = {
  Sid: "theirs",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::docs/x",
};
const QUEUE = { Id: "theirs", QueueArn: "arn:aws:sqs:eu-central-1:111122223333:q", Events: ["s3:ObjectCreated:*"] };
const CORS = { ID: "theirs", AllowedOrigins: ["*"], AllowedMethods: ["GET"] };

/** By the setting's name. */
const CASES: Readonly<Record<string, Case>> = {
  policy: {
    spec: { policy: { minimumTLSVersion: "1.2" } },
    get: "GetBucketPolicyCommand",
    answer: (theirs) => ({ Policy: JSON.stringify({ Version: "2012-10-17", Statement: theirs ? [STATEMENT] : [] }) }),
    put: "PutBucketPolicyCommand",
  },
  notifications: {
    spec: { notifications: { eventBridge: "Enabled" } },
    get: "GetBucketNotificationConfigurationCommand",
    answer: (theirs) => ({ QueueConfigurations: theirs ? [QUEUE] : [] }),
    put: "PutBucketNotificationConfigurationCommand",
  },
  lifecycle: {
    spec: {
      lifecycle: { unmanagedRules: "Keep", rules: [{ id: "ours", status: "Enabled", expiration: { days: 1 } }] },
    },
    get: "GetBucketLifecycleConfigurationCommand",
    answer: (theirs) => ({ Rules: theirs ? [RULE] : [] }),
    put: "PutBucketLifecycleConfigurationCommand",
  },
  cors: {
    spec: {
      cors: { unmanagedRules: "Keep", rules: [{ id: "ours", allowedOrigins: ["*"], allowedMethods: ["PUT"] }] },
    },
    get: "GetBucketCorsCommand",
    answer: (theirs) => ({ CORSRules: theirs ? [CORS] : [] }),
    put: "PutBucketCorsCommand",
  },
};

describe.each(SETTINGS.filter(({ isShared }) => isShared).map((setting) => [setting.name, setting] as const))(
  "%s",
  (name, setting) => {
    test("keeps what other writers added since the read", async () => {
      const { spec, get, answer, put } = CASES[name] ?? { spec: {}, get: "", answer: () => ({}), put: "" };
      let looks = 0;
      const { bucket, calls } = fakeBucket(({ command }) => (command === get ? answer(looks++ > 0) : {}));
      const observed = await setting.observe(bucket);
      const desired = setting.desired(spec, settingContextWith());
      const changes = setting.diff(desired, observed);
      const plan = planOf(setting, { desired, observation: { value: observed }, changes });
      const history = createHistory(() => 0, 60_000);
      await applySettings(bucket, [plan], history, "uid", { origin: "Adopted", isNew: false });
      const written = calls.filter(({ command }) => command === put).map(({ input }) => JSON.stringify(input));
      expect(written).toEqual([expect.stringContaining("theirs")]);
    });
  },
);

test("every setting with a field for unmanaged entries is shared, except those with a document for each entry", () => {
  const [schema] = loadDefinitions()
    .filter(({ spec }) => spec.names.kind === "S3Bucket")
    .map((definition) => storedSchema(definition).properties?.spec);
  const keeping = Object.entries(schema?.properties ?? {}).flatMap(([name, { properties = {} }]) =>
    Object.keys(properties).some((field) => field.startsWith("unmanaged")) && !("configurations" in properties)
      ? [name]
      : [],
  );
  const shared = SETTINGS.filter(({ isShared }) => isShared).map(({ name }) => name);
  expect(shared.sort()).toEqual(keeping.sort());
  expect(Object.keys(CASES).sort()).toEqual(keeping.sort());
});
