import { awsFailure } from "../aws/errors.ts";
import type { Failure } from "../kube/outcome.ts";
import { SettingRefused } from "./settings/setting.ts";

/**
 * What it means that `action` on `resource` failed; an error that is neither a setting's refusal nor AWS's is a bug, and is thrown on.
 * `action` is an IAM action, `resource` an ARN: both go into the message of a denial.
 */
export function settingFailure(error: unknown, action: string, resource: string): Failure {
  if (error instanceof SettingRefused) return { reason: error.reason, message: error.message, terminal: true };
  const failure = awsFailure(error, { action, resource });
  if (failure === undefined) throw error;
  return failure;
}
