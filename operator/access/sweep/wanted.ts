import type { BucketAccess } from "../../api/types.ts";
import { decide, isRefused } from "../decision.ts";
import type { AccessDirectory } from "../dependencies.ts";
import type { WantedIn } from "./expected.ts";

/** The decision on one access, for the sweep. */
export function createWantedIn(directory: AccessDirectory): (access: BucketAccess) => WantedIn {
  return (access) => {
    const decision = decide(directory, access);
    if (decision.wanted) return decision.account;
    return isRefused(decision) ? undefined : "Undecided";
  };
}
