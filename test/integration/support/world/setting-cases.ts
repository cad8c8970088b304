import type { S3BucketSpec } from "../../../../operator/api/types.ts";
import { type SettingKit } from "../../../../operator/bucket/testing/kit.ts";
import { kitOf, KITS } from "../../../../operator/bucket/testing/kits.ts";
import type { Prerequisites } from "./prerequisites.ts";

/** A setting as the tests of all settings exercise it; `value` and `other` are whole specs. */
export interface SettingCase extends Pick<SettingKit, "field" | "needs" | "afterReset"> {
  value: (named: Prerequisites) => S3BucketSpec;
  other: (named: Prerequisites) => S3BucketSpec;
}

export function caseOf(setting: string): SettingCase {
  const kit = kitOf(setting);
  return {
    ...kit,
    value: (named) => ({ [setting]: kit.value(named) }),
    other: (named) => ({ [setting]: kit.other(named) }),
  };
}

/** All settings of one bucket, each with its first value. */
export function everySetting(named: Prerequisites): S3BucketSpec {
  return Object.fromEntries([...KITS].map(([name, kit]) => [name, kit.value(named)]));
}

/** Like {@link everySetting}, with each setting changed except versioning, which object lock needs. */
export function everySettingChanged(named: Prerequisites): S3BucketSpec {
  const changed = Object.fromEntries([...KITS].map(([name, kit]) => [name, kit.other(named)]));
  return { ...changed, versioning: "Enabled" };
}
