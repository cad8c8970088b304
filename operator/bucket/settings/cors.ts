import { type CORSRule, DeleteBucketCorsCommand, GetBucketCorsCommand, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { unlessAbsent, type Change, compare, compareNamed, defineSetting, type Named } from "./setting.ts";

function desired({ cors }: S3BucketSpec): CORSRule[] | undefined {
  return cors?.rules.map((rule) => ({
    ID: rule.id,
    AllowedOrigins: rule.allowedOrigins,
    AllowedMethods: rule.allowedMethods,
    AllowedHeaders: rule.allowedHeaders,
    ExposeHeaders: rule.exposeHeaders,
    MaxAgeSeconds: rule.maxAgeSeconds,
  }));
}

/** Inside a rule the lists are sets, and header names have no letter case; an empty list is none. */
function canonical(rule: CORSRule): Record<string, unknown> {
  return {
    allowedOrigins: setOf(rule.AllowedOrigins),
    allowedMethods: setOf(rule.AllowedMethods),
    allowedHeaders: setOf(rule.AllowedHeaders?.map((header) => header.toLowerCase())),
    exposeHeaders: setOf(rule.ExposeHeaders?.map((header) => header.toLowerCase())),
    maxAgeSeconds: rule.MaxAgeSeconds,
  };
}

function setOf(list: readonly string[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...new Set(list)].sort();
}

/** A rule is known by its id, or by its place where it has none, or one that stands twice. */
function nameOf({ ID }: CORSRule, index: number, rules: readonly CORSRule[]): string {
  return ID !== undefined && rules.findIndex((rule) => rule.ID === ID) === index ? ID : `#${index + 1}`;
}

function named(rules: readonly CORSRule[]): Named {
  return new Map(rules.map((rule, index) => [nameOf(rule, index, rules), canonical(rule)]));
}

/** S3 answers by the first rule that matches, so that their order is part of their meaning. */
function diff(desired: CORSRule[], observed: CORSRule[]): Change[] {
  const changes = compareNamed("rules", named(desired), named(observed));
  return changes.length > 0 ? changes : compare("rules", desired.map(nameOf), observed.map(nameOf));
}

/**
 * The whole configuration: rules of others are differences.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
 */
export const cors = defineSetting<CORSRule[], CORSRule[]>({
  name: "cors",
  permissions: { read: ["s3:GetBucketCORS"], write: ["s3:PutBucketCORS"] },

  desired,

  observe: async ({ s3, ref, options }) =>
    (await unlessAbsent(s3.send(new GetBucketCorsCommand(ref), options)))?.CORSRules ?? [],

  diff,

  write: async ({ s3, ref, options }, rules) => {
    await (rules.length === 0
      ? s3.send(new DeleteBucketCorsCommand(ref), options)
      : s3.send(new PutBucketCorsCommand({ ...ref, CORSConfiguration: { CORSRules: rules } }), options));
  },

  reset: (observed) => (observed.length > 0 ? [] : undefined),
});
