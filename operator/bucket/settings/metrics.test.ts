import { expect, test } from "vitest";
import type { MetricsFilter } from "../../api/generated/s3bucket.ts";
import { settingContextWith } from "../testing/fixtures.ts";
import { metrics as setting } from "./metrics.ts";

const ARN = "arn:aws:s3:eu-central-1:111122223333:accesspoint/readers";

function desiredWith(filter: MetricsFilter | undefined): unknown {
  const metrics = { configurations: [{ id: "m", ...(filter && { filter }) }] };
  return setting.desired({ metrics }, settingContextWith());
}

test.each([
  [undefined, undefined],
  [{ prefix: "raw/" }, { Prefix: "raw/" }],
  [{ accessPointArn: ARN }, { AccessPointArn: ARN }],
  [{ prefix: "raw/", accessPointArn: ARN }, { And: { Prefix: "raw/", AccessPointArn: ARN } }],
])("desired: filter %j is %j", (filter, expected) => {
  expect(desiredWith(filter)).toMatchObject({ configurations: [{ Id: "m", Filter: expected }] });
});

test("diff: an access point alone and in And are the same", () => {
  const desired = desiredWith({ accessPointArn: ARN });
  expect(setting.diff(desired, [{ Id: "m", Filter: { And: { AccessPointArn: ARN } } }])).toEqual([]);
});

test.each([
  ["prefix", { Prefix: "raw" }, { prefix: "raw/" }],
  ["accessPointArn", { AccessPointArn: `${ARN}-2` }, { accessPointArn: ARN }],
  ["accessPointArn", { Prefix: "raw/" }, { prefix: "raw/", accessPointArn: ARN }],
])("diff: another %s is a difference", (field, Filter, filter) => {
  const paths = setting.diff(desiredWith(filter), [{ Id: "m", Filter }]).map(({ path }) => path);
  expect(paths).toEqual([`configurations[m].${field}`]);
});
