import { PutBucketAclCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { RECONCILE_REQUESTED_AT } from "../../../operator/api/names.ts";
import { ownershipDocument } from "../../aws/s3/ownership-controls.ts";
import { expectInvariants } from "../support/expect/invariants.ts";
import { isReady, isStalled, outOfSync, settingMessage } from "../support/expect/states.ts";
import { startOperator } from "../support/process/operator.ts";
import { createWorld } from "../support/world/world.ts";

const LOG_DELIVERY = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"';

test("an adopted bucket whose ACL grants access to others says what to do, and is Ready once a person has done it", async () => {
  await using world = await createWorld();
  await using _operator = startOperator(world);
  const Bucket = world.bucketName("logs");
  world.account.createBucket(Bucket, "eu-central-1").ownershipControls = ownershipDocument("ObjectWriter");
  await world.person.send(new PutBucketAclCommand({ Bucket, GrantWrite: LOG_DELIVERY }));
  await world.applyAccount({ allowAdoption: true });
  await world.applyBucket("logs", { bucketName: Bucket, adoptionPolicy: "Adopt", baseline: "Secure" });

  const stalled = await world.bucketWhen("logs", isStalled("BucketACLGrantsAccess"));
  expect(outOfSync(stalled)).toEqual(["objectOwnership"]);
  const message = settingMessage(stalled, "objectOwnership");
  expect(message).toContain(`aws s3api put-bucket-acl --bucket ${Bucket} --acl private`);
  expect(message).toContain("spec.policy.logDelivery");

  await world.person.send(new PutBucketAclCommand({ Bucket, ACL: "private" }));
  await world.annotate("logs", { [RECONCILE_REQUESTED_AT]: "reset" });
  await world.bucketWhen("logs", isReady);
  await expectInvariants(world);
});
