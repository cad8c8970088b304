import type { BucketAccess, BucketAccessSpec } from "../../api/types.ts";
import { endpointOf } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import type { ConfigData, Outputs } from "./config-map.ts";

type OutputName = NonNullable<NonNullable<BucketAccessSpec["configMap"]>["keys"]>[string];

/**
 * The ConfigMap for Pods: see docs/access.md.
 * @param roleArn undefined: the access has no role, or several
 */
export function outputsOf(
  access: BucketAccess,
  target: Pick<AccessTarget, "bucket">,
  roleArn: string | undefined,
): Outputs {
  const { name = access.metadata.name, keys, labels = {}, annotations = {} } = access.spec.configMap ?? {};
  const values = valuesOf(access, target, roleArn);
  return { configMapName: name, data: dataOf(keys ?? ownNames(values), values), labels, annotations };
}

/** `BUCKET_PREFIX` of a grant on every key is "", since applications put it before object names. */
function valuesOf(
  { spec }: BucketAccess,
  { bucket }: Pick<AccessTarget, "bucket">,
  roleArn: string | undefined,
): Record<OutputName, string | undefined> {
  const prefixes = spec.grants.map(({ prefix }) => (prefix === "*" ? "" : prefix));
  const host = endpointOf(bucket.region);
  return {
    BUCKET_NAME: bucket.name,
    BUCKET_ARN: bucket.arn,
    BUCKET_REGION: bucket.region,
    BUCKET_HOST: host,
    BUCKET_ENDPOINT: `https://${host}`,
    BUCKET_PREFIX: prefixes[0] ?? "",
    BUCKET_PREFIXES: prefixes.join("\n"),
    ROLE_ARN: roleArn,
    KMS_KEY_ARN: bucket.encryption?.kmsKeyArn,
  };
}

function ownNames(values: Record<OutputName, unknown>): Record<string, OutputName> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, name as OutputName]));
}

/** Leaves out keys whose output the access does not have. */
function dataOf(
  keys: Readonly<Record<string, OutputName>>,
  values: Record<OutputName, string | undefined>,
): ConfigData {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, output]) => {
      const value = values[output];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
