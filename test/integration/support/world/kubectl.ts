import { dirname, join } from "node:path";
import { inject } from "vitest";
import { runCommand, type CommandResult } from "../../../controlplane/command.ts";
import type { AnyWorld } from "./world.ts";

/** Runs the real kubectl in the world's namespace. */
export function kubectl({ kubeconfigPath, name }: AnyWorld, ...args: string[]): Promise<CommandResult> {
  // No kubectl setting of the user applies, and no file is left in the home directory.
  const environment = {
    ...process.env,
    KUBECONFIG: kubeconfigPath,
    KUBECACHEDIR: join(dirname(kubeconfigPath), "kubectl-cache"),
    KUBERC: "off",
  };
  return runCommand(inject("kubectlPath"), [`--namespace=${name}`, ...args], { environment });
}

/** Whether `kubectl wait` finds the condition true, now or within `timeout`. */
export async function kubectlWait(world: AnyWorld, name: string, condition: string, timeout = "0s"): Promise<boolean> {
  const { code } = await kubectl(world, "wait", `s3bucket/${name}`, `--for=${condition}`, `--timeout=${timeout}`);
  return code === 0;
}
