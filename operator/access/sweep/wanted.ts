import { resolveAccount } from "../../account/resolve.ts";
import type { BucketAccess } from "../../api/types.ts";
import { consentingBucket } from "../consent.ts";
import type { AccessDirectory } from "../dependencies.ts";
import { admitsAccess } from "../target.ts";
import type { WantedIn } from "./expected.ts";

/** The decision on one access, for the sweep. */
export function createWantedIn(directory: AccessDirectory): (access: BucketAccess) => WantedIn {
  return (access) => {
    const bucket = consentingBucket(directory, access);
    if (bucket === undefined) return undefined;
    const { namespace = "" } = bucket.metadata;
    const { account } = resolveAccount(directory, namespace, bucket.spec.accountRef?.name);
    return account !== undefined && admitsAccess(directory, account, access) ? account : undefined;
  };
}
