import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarLayout } from "js-yaml";
import { API_VERSION, S3_BUCKETS } from "../api/names.ts";
import type { BucketClient } from "../bucket/bucket-client.ts";
import type { ExportOptions } from "./options.ts";
import type { DeclaredBucket } from "./spec.ts";

/** Characters in a line of comment: names in notes can be long. */
const MAX_COMMENT = 1_000;

/**
 * An S3Bucket in YAML that adopts the bucket. Observe mode keeps the first `kubectl apply` from writing to AWS. Pure.
 * Comments at the top list what it leaves out.
 */
export function manifestOf(
  { name, namespace }: Pick<ExportOptions, "name" | "namespace">,
  { name: bucketName, region, accountId }: BucketClient,
  { spec, notes }: DeclaredBucket,
): string {
  const comments = [
    `Bucket ${bucketName} of AWS account ${accountId}. Applied unchanged, this manifest writes nothing to AWS.`,
    "To adopt the bucket, remove 'mode: Observe' once status.plan contains only the operator's own tags.",
    "The AWSAccount must have 'allowAdoption: true'. If it is not the default one, name it in 'accountRef'.",
    ...(notes.length > 0 ? ["", "Left out:", ...notes.map((note) => `- ${note}`)] : []),
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

/** Quotes values that begin like a number: kubectl reads more as numbers than YAML does, such as `1_E3`. */
function quoteLikeNumber(layout: ScalarLayout): void {
  const isText = layout.node.tag === layout.presenterOptions.schema.defaultScalarTag.tagName;
  if (isText && layout.style === SCALAR_STYLE.PLAIN && /^[-+.\d]/.test(layout.node.value)) {
    layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
  }
}

const STYLE_RULES = [quoteLikeNumber, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];

/** One line: names of rules and tags may contain line breaks, which must not become part of the manifest. */
function comment(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, " ");
  return `# ${line.length <= MAX_COMMENT ? line : `${line.slice(0, MAX_COMMENT - 1)}…`}`.trimEnd();
}
