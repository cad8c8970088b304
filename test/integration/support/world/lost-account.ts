import { AWS_ACCOUNTS } from "../../../../operator/api/names.ts";
import type { KubeClient } from "../../../../operator/kube/client.ts";
import { unlessNotFound } from "../../../../operator/kube/errors.ts";

/** Deletes an AWSAccount although objects use it, as a user does who removes its finalizer by hand. */
export async function loseAccount(kube: KubeClient, name: string): Promise<void> {
  await unlessNotFound(kube.delete(AWS_ACCOUNTS, { name }));
  await unlessNotFound(kube.mergePatch(AWS_ACCOUNTS, { name }, { metadata: { finalizers: null } }));
}
