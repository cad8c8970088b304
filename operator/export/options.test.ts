import { expect, test } from "vitest";
import { ConfigError } from "../cli/flags.ts";
import { exportHelpText, parseExportOptions } from "./options.ts";

test("needs only a bucket", () => {
  expect(parseExportOptions(["--bucket", "acme.documents"], {})).toEqual({
    bucket: "acme.documents",
    region: undefined,
    name: "acme-documents",
    namespace: undefined,
    s3ForcePathStyle: false,
  });
});

test("prefers flags to their environment variables", () => {
  const env = { S3_OPERATOR_BUCKET: "one", S3_OPERATOR_REGION: "eu-west-1", S3_OPERATOR_S3_FORCE_PATH_STYLE: "true" };
  expect(parseExportOptions(["--bucket=two", "--name=docs", "--namespace=team"], env)).toEqual({
    bucket: "two",
    region: "eu-west-1",
    name: "docs",
    namespace: "team",
    s3ForcePathStyle: true,
  });
});

test.each([
  [[], "--bucket is required"],
  [["--bucket="], "--bucket is required"],
  [["--bucket=a"], "--bucket must be the name of a general purpose bucket"],
  [["--bucket=docs--x-s3"], "--bucket must be the name of a general purpose bucket"],
  [["--bucket=docs", "--region=Frankfurt"], "--region must be an AWS region"],
  [["--bucket=docs", "--name=a.b"], "--name must be at most 63 lower-case letters"],
  [["--bucket=docs", "--concurrency=1"], "unknown flag --concurrency"],
  [["docs"], 'unexpected argument "docs"'],
])("%j: %s", (argv, message) => {
  expect(() => parseExportOptions(argv, {})).toThrow(ConfigError);
  expect(() => parseExportOptions(argv, {})).toThrow(message);
});

test("answers help and version even if another flag is wrong", () => {
  expect(parseExportOptions(["--help", "--bucket=A"], {})).toBe("help");
  expect(parseExportOptions(["--version"], {})).toBe("version");
  for (const name of ["bucket", "region", "name", "namespace", "s3-force-path-style"]) {
    expect(exportHelpText()).toMatch(new RegExp(`^ {2}--${name}\\b`, "m"));
  }
});
