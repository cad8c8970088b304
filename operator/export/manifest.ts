import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarLayout } from "js-yaml";
import { API_VERSION, S3_BUCKETS } from "../api/names.ts";
import type { BucketClient } from "../bucket/bucket-client.ts";
import type { ExportOptions } from "./options.ts";
import type { DeclaredBucket } from "./spec.ts";

/** Characters of a line of comment, so that nobody's names fill the file. */
const MAX_COMMENT = 1_000;

/**
 * An S3Bucket as YAML that adopts the bucket, in Observe mode, so that the first application cannot write. Pure.
 * Comments at its top say what it leaves alone.
 */
export function manifestOf(
  { name, namespace }: Pick<ExportOptions, "name" | "namespace">,
  { name: bucketName, region, accountId }: BucketClient,
  { spec, notes }: DeclaredBucket,
): string {
  const comments = [
    `Bucket ${bucketName} of AWS account ${accountId}, as it is. Applied as it stands, this writes nothing to AWS.`,
    "Once status.plan holds nothing but the operator's own tags, take 'mode: Observe' out, and the bucket is adopted.",
    "The AWSAccount must say 'allowAdoption: true', and be the default one; otherwise name it in 'accountRef'.",
    ...(notes.length > 0 ? ["", "Left alone:", ...notes.map((note) => `- ${note}`)] : []),
  ];
  const manifest = {
    apiVersion: API_VERSION,
    kind: S3_BUCKETS.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { bucketName, region, mode: "Observe", adoptionPolicy: "Adopt", ...spec },
  };
  const yaml = dump(manifest, { noRefs: true, lineWidth: -1, quoteStyle: "double", scalarStyleRules: STYLE_RULES });
  return [...comments.map(comment), yaml].join("\n");
}

/** kubectl's parser takes more for numbers than any YAML says, such as `0X1F` and `1_E3`: what may begin one is quoted. */
function quoteLikeNumber(layout: ScalarLayout): void {
  const isText = layout.node.tag === layout.presenterOptions.schema.defaultScalarTag.tagName;
  if (isText && layout.style === SCALAR_STYLE.PLAIN && /^[-+.\d]/.test(layout.node.value)) {
    layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
  }
}

const STYLE_RULES = [quoteLikeNumber, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];

/** One line, whatever is in it: rules and tags may be called anything, and must not become a part of the manifest. */
function comment(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, " ");
  return `# ${line.length <= MAX_COMMENT ? line : `${line.slice(0, MAX_COMMENT - 1)}…`}`.trimEnd();
}
