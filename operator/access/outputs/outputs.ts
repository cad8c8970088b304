import type { BucketAccess } from "../../api/types.ts";
import { endpointOf } from "../status.ts";
import type { AccessTarget } from "../target.ts";
import type { Outputs } from "./config-map.ts";

/** See docs/access.md. `BUCKET_PREFIX` of a grant on every key is "", since applications put it before object names. */
export function outputsOf(
  { spec, metadata }: BucketAccess,
  { bucket }: Pick<AccessTarget, "bucket">,
  roleArn: string | undefined,
): Outputs {
  const prefixes = spec.grants.map(({ prefix }) => (prefix === "*" ? "" : prefix));
  const { name, region, encryption } = bucket;
  return {
    configMapName: spec.configMap?.name ?? metadata.name,
    data: {
      BUCKET_NAME: name,
      BUCKET_REGION: region,
      BUCKET_HOST: endpointOf(region),
      BUCKET_PREFIX: prefixes[0] ?? "",
      BUCKET_PREFIXES: prefixes.join("\n"),
      ...(roleArn !== undefined && { ROLE_ARN: roleArn }),
      ...(encryption && { KMS_KEY_ARN: encryption.kmsKeyArn }),
    },
  };
}
