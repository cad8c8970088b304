import { format } from "prettier";
import { SETTINGS } from "../operator/bucket/settings/index.ts";
import { operatorPolicy } from "./iam-policy.ts";

/** The operator's IAM policy, from the actions that the code declares. Tests compare it with the calls made. */
export async function generateIamPolicy(): Promise<string> {
  return format(JSON.stringify(operatorPolicy("aws")), { parser: "json", printWidth: 120 });
}

/** docs/reference/settings.md: one row for each setting, in the order in which they are written. */
export async function generateSettingsTable(): Promise<string> {
  const code = (actions: readonly string[]) => actions.map((action) => `\`${action}\``).join(", ");
  const rows = SETTINGS.map(({ name, inBaseline, iamActions: { read, write } }) => {
    return `| \`${name}\` | ${inBaseline ? "yes" : ""} | ${code(read)} | ${code(write)} |`;
  });
  const text = [
    "<!-- Generated from operator/bucket/settings by `npm run generate`. Do not edit. -->",
    "",
    "# Settings of a bucket",
    "",
    "The operator writes the settings in this order. [S3Bucket](s3bucket.md) describes their fields, and [iam-policy.json](../iam-policy.json) has the policy that allows all actions.",
    "",
    "| setting | in the secure baseline | read by | written by |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  return format(text, { parser: "markdown", printWidth: 120 });
}
