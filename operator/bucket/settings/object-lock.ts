import {
  type DefaultRetention,
  GetObjectLockConfigurationCommand,
  type ObjectLockConfiguration,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { carryOver } from "./carry-over.ts";
import { type Declaration, stated, unsaidFields } from "./declaration.ts";
import { unlessAbsent, type Change, compare, defineSetting } from "./setting.ts";

/** The default retention of new versions. `None`: object lock is on, without one. */
type Retention = Pick<NonNullable<S3BucketSpec["objectLock"]>, "mode" | "days" | "years">;

const NONE: Retention = { mode: "None" };

function retentionOf(observed: ObjectLockConfiguration): DefaultRetention {
  return observed.Rule?.DefaultRetention ?? {};
}

function diff({ mode, days, years }: Retention, observed: ObjectLockConfiguration): Change[] {
  if (observed.ObjectLockEnabled !== "Enabled") return compare("", "Enabled", undefined);
  const { Mode, Days, Years } = retentionOf(observed);
  return [...compare("mode", mode, Mode ?? "None"), ...compare("days", days, Days), ...compare("years", years, Years)];
}

/** The observed configuration with our retention put in: what else it says, such as a default event hold, stays. */
function merge({ mode, days, years }: Retention, observed: ObjectLockConfiguration): ObjectLockConfiguration {
  const DefaultRetention = mode === "None" ? {} : { Mode: mode, Days: days, Years: years };
  const { Rule, ...rest } = carryOver<ObjectLockConfiguration>(
    { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } },
    observed,
    FIELDS,
  );
  const isEmpty = Object.keys({ ...Rule?.DefaultRetention }).length === 0;
  return isEmpty ? rest : { ...rest, Rule };
}

/** All that a spec can say of it; a Put of ours leaves the rest as it is. */
const FIELDS = ["ObjectLockEnabled", ...["Mode", "Days", "Years"].map((field) => `Rule.DefaultRetention.${field}`)];

function declare(observed: ObjectLockConfiguration): Declaration {
  if (observed.ObjectLockEnabled !== "Enabled") return {};
  const { Mode, Days, Years } = retentionOf(observed);
  const objectLock = stated<NonNullable<S3BucketSpec["objectLock"]>>({
    mode: Mode ?? "None",
    days: Days,
    years: Years,
    acknowledgeCompliance: Mode === "COMPLIANCE" ? "NotEvenRootCanDelete" : undefined,
  });
  const unsaid = unsaidFields(observed, FIELDS);
  return { spec: { objectLock }, unsaid };
}

/**
 * Can be switched on for a bucket at any time, if it is versioned, and never off.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
 */
export const objectLock = defineSetting<Retention, ObjectLockConfiguration>({
  name: "objectLock",
  permissions: {
    read: ["s3:GetBucketObjectLockConfiguration"],
    write: ["s3:PutBucketObjectLockConfiguration"],
  },

  desired: ({ objectLock }) => {
    if (objectLock === undefined) return undefined;
    const { mode, days, years } = objectLock;
    return { mode, ...(days !== undefined && { days }), ...(years !== undefined && { years }) };
  },

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetObjectLockConfigurationCommand(ref), options));
    return answer?.ObjectLockConfiguration ?? {};
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    const command = new PutObjectLockConfigurationCommand({
      ...ref,
      ObjectLockConfiguration: merge(desired, observed),
    });
    await s3.send(command, options);
  },

  reset: (observed) => (retentionOf(observed).Mode === undefined ? undefined : NONE),

  declare,
});
