import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as s3Control from "@aws-sdk/client-s3-control";
import * as sts from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { CODES, KINDS, WITHOUT_CODE } from "./error-codes.ts";

const MODULES: Record<string, Record<string, unknown>> = { eks, iam, kms, s3, s3Control, sts };

/** Names and codes of the errors in the SDK's model of a service. */
function errorsOf(module: Record<string, unknown>): string[] {
  return Object.entries(module).flatMap(([name, value]) => {
    const isError = typeof value === "function" && value.prototype instanceof Error;
    return isError && !name.endsWith("ServiceException") ? [name, ...queryCodeOf(module[`${name}$`])] : [];
  });
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsqueryerror-trait */
function queryCodeOf(schema: unknown): string[] {
  const traits = (schema as [unknown, string, string, { awsQueryError?: [string, number] }] | undefined)?.[3];
  return (traits?.awsQueryError?.slice(0, 1) as string[] | undefined) ?? [];
}

test.each(Object.keys(MODULES))("each error in the model of %s has a kind", (service) => {
  const errors = errorsOf(MODULES[service] ?? {});
  expect(errors.length).toBeGreaterThan(10);
  expect(errors.filter((code) => !KINDS.has(code) && !WITHOUT_CODE.has(code))).toEqual([]);
});

test("no code is listed twice", () => {
  const codes = Object.values(CODES).flat();
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});
