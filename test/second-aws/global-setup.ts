import type { TestProject } from "vitest/node";
import { findTerraform } from "./find-terraform.ts";
import { startLocalStack } from "./localstack.ts";

/** Starts one LocalStack for the whole run. Each test has an account of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const localStack = await startLocalStack();
  process.stdout.write(`LocalStack ${localStack.version} serves at ${localStack.url}\n`);
  const terraform = await findTerraform();
  project.provide("localStackUrl", localStack.url);
  project.provide("terraform", terraform);
  return async () => {
    await localStack.stop();
    // After the line of the reporter.
    if (terraform === "") process.stdout.write("Terraform: not installed, 0 of 1 verified\n");
  };
}
