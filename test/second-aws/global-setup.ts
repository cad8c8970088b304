import type { TestProject } from "vitest/node";
import { isTerraformInstalled } from "./find-terraform.ts";
import { startLocalStack } from "./localstack.ts";

/** Starts one LocalStack for the whole run. Each test has an account of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const localStack = await startLocalStack();
  process.stdout.write(`LocalStack ${localStack.version} serves at ${localStack.url}\n`);
  const hasTerraform = await isTerraformInstalled();
  project.provide("localStackUrl", localStack.url);
  project.provide("hasTerraform", hasTerraform);
  return async () => {
    await localStack.stop();
    // After the line of the reporter.
    if (!hasTerraform) process.stdout.write("Terraform: not installed, 0 of 1 verified\n");
  };
}
