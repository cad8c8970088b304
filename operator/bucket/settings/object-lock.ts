import {
  GetObjectLockConfigurationCommand,
  PutObjectLockConfigurationCommand,
  type DefaultRetention,
  type EventHoldDuration,
  type ObjectLockConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { unlessAbsent } from "../subresource.ts";
import { carryOver } from "./carry-over.ts";
import { fromS3, pathsBelow, toS3 } from "./field-names.ts";
import { defineSetting } from "./setting.ts";
import { omittedFields, stated, unlessEmpty, type ExportedSetting } from "./to-spec.ts";

type Spec = NonNullable<S3BucketSpec["objectLock"]>;

/** The default retention of new versions; `None` is object lock without one. Only a declared event hold is written. */
type Retention = Pick<Spec, "mode" | "days" | "years" | "defaultEventHold">;

type Hold = NonNullable<Spec["defaultEventHold"]>;

const PERIOD = ["days", "years"] as const;
const NONE: Retention = { mode: "None" };

function retentionOf(observed: ObjectLockConfiguration): DefaultRetention {
  return observed.Rule?.DefaultRetention ?? {};
}

function diff({ mode, days, years, defaultEventHold }: Retention, observed: ObjectLockConfiguration): Change[] {
  if (observed.ObjectLockEnabled !== "Enabled") return compare("", "Enabled", undefined);
  const { Mode, Days, Years, DefaultEventHold } = retentionOf(observed);
  const hold = defaultEventHold && toHold(toS3(defaultEventHold, PERIOD));
  return [
    ...compare("mode", mode, Mode ?? "None"),
    ...compare("days", days, Days),
    ...compare("years", years, Years),
    ...(defaultEventHold ? compare("defaultEventHold", hold, toHold(DefaultEventHold)) : []),
  ];
}

function toHold(hold: EventHoldDuration | undefined): Hold | undefined {
  return unlessEmpty(stated<Hold>(fromS3(hold, PERIOD)));
}

/** Paths that a spec can express. A write keeps all others. */
const FIELDS = ["ObjectLockEnabled", ...pathsBelow("Rule.DefaultRetention", ["mode", ...PERIOD])];
const HOLD_FIELDS = pathsBelow("Rule.DefaultRetention.DefaultEventHold", PERIOD);

/** The observed configuration with the declared retention. */
function merge(retention: Retention, observed: ObjectLockConfiguration): ObjectLockConfiguration {
  const { mode, days, years, defaultEventHold } = retention;
  const DefaultEventHold = defaultEventHold && unlessEmpty(toS3(defaultEventHold, PERIOD));
  const DefaultRetention = {
    ...(mode !== "None" && { Mode: mode, Days: days, Years: years }),
    ...(DefaultEventHold && { DefaultEventHold }),
  };
  const ours: ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } };
  const { Rule, ...rest } = carryOver(ours, observed, defaultEventHold ? [...FIELDS, ...HOLD_FIELDS] : FIELDS);
  const isEmpty = Object.keys({ ...Rule?.DefaultRetention }).length === 0;
  return isEmpty ? rest : { ...rest, Rule };
}

function toSpec(observed: ObjectLockConfiguration): ExportedSetting {
  if (observed.ObjectLockEnabled !== "Enabled") return {};
  const { Mode, Days, Years, DefaultEventHold } = retentionOf(observed);
  const objectLock = stated<NonNullable<S3BucketSpec["objectLock"]>>({
    mode: Mode ?? "None",
    days: Days,
    years: Years,
    defaultEventHold: toHold(DefaultEventHold),
    acknowledgeCompliance: Mode === "COMPLIANCE" ? "NotEvenRootCanDelete" : undefined,
  });
  const omitted = omittedFields(observed, [...FIELDS, ...HOLD_FIELDS]);
  return { spec: { objectLock }, omitted };
}

/**
 * Can be enabled on a versioned bucket at any time, and never disabled.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
 */
export const objectLock = defineSetting<Retention, ObjectLockConfiguration>({
  name: "objectLock",
  iamActions: {
    read: ["s3:GetBucketObjectLockConfiguration"],
    write: ["s3:PutBucketObjectLockConfiguration"],
  },

  desired: ({ objectLock }) => {
    if (objectLock === undefined) return undefined;
    const { acknowledgeCompliance: _, ...retention } = objectLock;
    return retention;
  },

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetObjectLockConfigurationCommand(ref), options));
    return answer?.ObjectLockConfiguration ?? {};
  },

  diff,

  write: async ({ s3, ref, options }, desired, observed) => {
    const ObjectLockConfiguration = merge(desired, observed);
    await s3.send(new PutObjectLockConfigurationCommand({ ...ref, ObjectLockConfiguration }), options);
  },

  reset: (observed) => (retentionOf(observed).Mode === undefined ? undefined : NONE),

  toSpec,
});
