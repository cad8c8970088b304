import type { Policy } from "../../../api/types.ts";
import type { Statement } from "../../../aws/policy/document.ts";
import { cloudFront } from "./cloudfront.ts";
import type { PolicyContext, Template } from "./context.ts";
import { enforceEncryption } from "./enforce-encryption.ts";
import { logDelivery } from "./log-delivery.ts";
import { organization } from "./organization.ts";
import { transport } from "./transport.ts";
import { userStatements } from "./user-statement.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";

export type { PolicyContext } from "./context.ts";

const TEMPLATES: readonly Template[] = [
  transport,
  vpcEndpoints,
  organization,
  enforceEncryption,
  cloudFront,
  logDelivery,
  userStatements,
];

/** The statements of the spec and the baseline. Each has a Sid of its own that begins with `S3Operator`. */
export function statementsOf(spec: Policy | undefined, context: PolicyContext): Statement[] {
  return TEMPLATES.flatMap((template) => template(spec ?? {}, context));
}
