import { expect, test } from "vitest";
import { ConfigError } from "../cli/config.ts";
import { explainHelpText, parseOptions } from "./options.ts";

const GET = ["--bucketaccess=team-a/docs", "--action=s3:GetObject"];
const LIST = ["--bucketaccess", "team-a/docs", "--action", "s3:ListBucket"];

test("a key, or a prefix, or none", () => {
  const access = { namespace: "team-a", name: "docs" };
  expect(parseOptions([...GET, "--key=-a"], {})).toMatchObject({ access, action: "s3:GetObject", key: "-a" });
  expect(parseOptions(LIST, {})).toMatchObject({ access, prefix: undefined, s3ForcePathStyle: false });
  expect(parseOptions([...LIST, "--prefix=raw/"], { S3_OPERATOR_KUBECONFIG: "k" })).toMatchObject({
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
  [GET, "--key is required"],
  [[...GET, "--key=a", "--prefix=b"], "--prefix is for s3:ListBucket"],
  [[...LIST, "--key=a"], "--key is for actions on objects"],
  [[...LIST, "--vpc-endpoint=all"], "--vpc-endpoint must be"],
  [[...LIST, "--nothing"], "--nothing"],
  [[...LIST, "more"], "more"],
])("%j is refused: %s", (argv, message) => {
  expect(() => parseOptions(argv, {})).toThrow(ConfigError);
  expect(() => parseOptions(argv, {})).toThrow(message);
});

test("help says every flag, and comes whatever else is wrong", () => {
  expect(parseOptions(["--help", "--action=x"], {})).toBe("help");
  expect(parseOptions(["--version"], {})).toBe("version");
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
