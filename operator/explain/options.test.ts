import { expect, test } from "vitest";
import { ConfigError } from "../cli/config.ts";
import { explainHelpText, parseExplainOptions } from "./options.ts";

const GET = ["--bucketaccess=team-a/docs", "--action=s3:GetObject"];
const LIST = ["--bucketaccess", "team-a/docs", "--action", "s3:ListBucket"];

test("takes a key, a prefix, or neither", () => {
  const access = { namespace: "team-a", name: "docs" };
  expect(parseExplainOptions([...GET, "--key=-a"], {})).toMatchObject({ access, action: "s3:GetObject", key: "-a" });
  expect(parseExplainOptions(LIST, {})).toMatchObject({ access, prefix: undefined, s3ForcePathStyle: false });
  expect(parseExplainOptions([...LIST, "--prefix=raw/"], { S3_OPERATOR_KUBECONFIG: "k" })).toMatchObject({
    prefix: "raw/",
    kubeconfig: "k",
  });
});

test.each([
  [[], "--bucketaccess is required"],
  [["--bucketaccess=a/b"], "--action is required"],
  [["--action=s3:GetObject"], "--bucketaccess is required"],
  [["--bucketaccess=docs", "--action=s3:GetObject", "--key=a"], "NAMESPACE/NAME"],
  [["--bucketaccess=a/../b", "--action=s3:GetObject", "--key=a"], "NAMESPACE/NAME"],
  [["--bucketaccess=a/b", "--action=kms:Decrypt"], "IAM action of S3"],
  [["--bucketaccess=a/b", "--action=s3:GetObjects"], "not s3:GetObjects"],
  [["--bucketaccess=a/b", "--action=s3:ListAllMyBuckets"], "not s3:ListAllMyBuckets"],
  [["--bucketaccess=a/b", "--action=s3:BypassGovernanceRetention"], "--key is required"],
  [GET, "--key is required"],
  [[...GET, "--key=a", "--prefix=b"], "--prefix is for s3:ListBucket"],
  [[...LIST, "--key=a"], "--key is for actions on objects"],
  [[...LIST, "--vpc-endpoint=all"], "--vpc-endpoint must be"],
  [[...LIST, "--nothing"], "--nothing"],
  [[...LIST, "more"], "more"],
])("refuses %j: %s", (argv, message) => {
  expect(() => parseExplainOptions(argv, {})).toThrow(ConfigError);
  expect(() => parseExplainOptions(argv, {})).toThrow(message);
});

test("lists every flag in help, even if another flag is wrong", () => {
  expect(parseExplainOptions(["--help", "--action=x"], {})).toBe("help");
  expect(parseExplainOptions(["--version"], {})).toBe("version");
  for (const flag of [
    "bucketaccess",
    "action",
    "key",
    "prefix",
    "principal",
    "vpc-endpoint",
    "kubeconfig",
    "s3-force-path-style",
  ]) {
    expect(explainHelpText()).toContain(`--${flag} `);
  }
});
