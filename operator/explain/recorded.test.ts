import { describe, expect, test } from "vitest";
import { bucketAccess } from "../access/testing/objects.ts";
import type { BucketAccessStatus } from "../api/types.ts";
import { recordedIn } from "./recorded.ts";

const AT = { bucketName: "docs", region: "eu-central-1", accountId: "111122223333" };
const role = (serviceAccount: string) => ({ serviceAccount, arn: `arn:aws:iam::111122223333:role/${serviceAccount}` });
const recorded = (status: BucketAccessStatus, wanted?: string) => recordedIn(bucketAccess({}, {}, status), wanted);

describe("recordedIn", () => {
  test("returns nothing before anything was granted", () => {
    expect(recorded({})).toBeUndefined();
    expect(recorded({ ...AT })).toBeUndefined();
    expect(recorded({ ...AT, roles: [{ arn: "" }] })).toBeUndefined();
  });

  test("returns the only role, or the one of the ServiceAccount", () => {
    expect(recorded({ ...AT, roles: [role("a")] })).toEqual({ ...AT, bucketAccountId: AT.accountId, role: role("a") });
    expect(recorded({ ...AT, roles: [role("a"), role("b")] }, "b")?.role).toEqual(role("b"));
  });

  test("rejects a ServiceAccount that selects no role, and several roles without one", () => {
    const several = { ...AT, roles: [role("a"), role("b")] };
    expect(() => recorded(several)).toThrow("--service-account must be one of a, b");
    expect(() => recorded(several, "c")).toThrow("--service-account must be one of a, b");
    expect(() => recorded({ ...AT, roles: [{ arn: "arn" }] }, "a")).toThrow("only for a BucketAccess with");
  });

  test("returns the account of a bucket that is not managed here", () => {
    const bucket = { name: "theirs", region: "eu-central-1", accountId: "444455556666" };
    const access = bucketAccess({ bucket }, {}, { ...AT, roles: [role("a")] });
    expect(recordedIn(access)).toMatchObject({ bucketAccountId: "444455556666", accountId: AT.accountId });
  });

  test("returns no role with principals", () => {
    const principals = ["arn:aws:iam::444455556666:role/reader"];
    const access = bucketAccess({ principals }, {}, { ...AT, roles: [role("a")] });
    expect(recordedIn(access)).toEqual({ ...AT, bucketAccountId: AT.accountId });
  });
});
