import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../controlplane/command.ts";

const CONFIGURATION = join(import.meta.dirname, "terraform");

/** A folder of its own with the configuration, in which `terraform init` succeeded. */
export interface TerraformFolder extends AsyncDisposable {
  path: string;
}

/**
 * Throws an error when Terraform, or its provider for AWS, can neither be found nor be downloaded. A mirror of
 * providers
 * is named by the CLI configuration: https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export async function openTerraformFolder(): Promise<TerraformFolder> {
  const path = await mkdtemp(join(tmpdir(), "terraform-"));
  const dispose = () => rm(path, { recursive: true, force: true });
  await cp(CONFIGURATION, path, { recursive: true });
  try {
    const { code, stderr } = await runCommand("terraform", [`-chdir=${path}`, "init", "-input=false", "-no-color"]);
    if (code !== 0) throw new Error(`terraform init failed:\n${stderr}`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: dispose };
}

export async function isTerraformInstalled(): Promise<boolean> {
  try {
    await using _folder = await openTerraformFolder();
    return true;
  } catch {
    return false;
  }
}
