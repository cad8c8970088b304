import { describe, expect, test } from "vitest";
import { usability } from "./resolution.ts";

describe("whether a key can be used", () => {
  const failure = { reason: "KMSKeyNotUsable", message: "it is disabled" } as const;

  test.each([
    ["yes", { arn: "arn:key" }, "True", "Succeeded"],
    ["no", { failure: { ...failure, terminal: true } }, "False", "KMSKeyNotUsable"],
    ["no, KMS denies it", { failure: { ...failure, reason: "AccessDenied" } }, "False", "AccessDenied"],
    ["perhaps, KMS did not answer", { failure: { ...failure, reason: "Throttled" } }, "Unknown", "Throttled"],
    ["perhaps, another account keeps it to itself", { arn: "arn:key", unseen: "denied" }, "Unknown", "AccessDenied"],
  ] as const)("%s", (_case, resolution, status, reason) => {
    expect(usability(resolution)).toMatchObject({ status, reason });
  });

  test("not yet, as nothing may be written", () => {
    const changes = [{ path: "kmsKey.managed.alias", desired: "alias/docs", actual: "" }];
    expect(usability({ arn: undefined, changes })).toEqual({
      status: "False",
      reason: "ChangesPlanned",
      message: "Observe mode: KMS key 'alias/docs' would be created",
    });
  });
});
