import {
  DeleteBucketWebsiteCommand,
  GetBucketWebsiteCommand,
  PutBucketWebsiteCommand,
  type RoutingRule,
  type WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { compare, type Change } from "../../reconcile/change.ts";
import { deleteSeen, unlessAbsent } from "../subresource.ts";
import { carryOver } from "./carry-over.ts";
import { fromS3, pathsBelow, toS3 } from "./field-names.ts";
import { defineSetting } from "./setting.ts";
import { stated, unknownFields, unlessEmpty, unlessNone, type ExportedSetting } from "./to-spec.ts";

type RuleSpec = NonNullable<NonNullable<S3BucketSpec["website"]>["routingRules"]>[number];

const REDIRECT_ALL = ["hostName", "protocol"] as const;
const CONDITION = ["keyPrefixEquals", "httpErrorCodeReturnedEquals"] as const;
const REDIRECT = ["hostName", "httpRedirectCode", "protocol", "replaceKeyPrefixWith", "replaceKeyWith"] as const;

/** Paths that a spec can express. Export omits a website with others, because a Put writes the whole document. */
const FIELDS = [
  "IndexDocument.Suffix",
  "ErrorDocument.Key",
  ...pathsBelow("RedirectAllRequestsTo", REDIRECT_ALL),
  ...pathsBelow("RoutingRules.Condition", CONDITION),
  ...pathsBelow("RoutingRules.Redirect", REDIRECT),
];

/** Without fields: no website. */
function desired({ website }: S3BucketSpec): WebsiteConfiguration | undefined {
  if (website === undefined) return undefined;
  const { indexDocument, errorDocument, redirectAllRequestsTo, routingRules } = website;
  return {
    IndexDocument: indexDocument === undefined ? undefined : { Suffix: indexDocument },
    ErrorDocument: errorDocument === undefined ? undefined : { Key: errorDocument },
    RedirectAllRequestsTo: redirectAllRequestsTo && toS3(redirectAllRequestsTo, REDIRECT_ALL),
    RoutingRules: routingRules?.map(toRule),
  };
}

function toRule({ condition, redirect }: RuleSpec): RoutingRule {
  return { Condition: condition && toS3(condition, CONDITION), Redirect: toS3(redirect, REDIRECT) };
}

/** An empty prefix matches any key, as none does. An empty replacement differs from none. */
function canonicalRule({ Condition, Redirect }: RoutingRule): unknown {
  const keyPrefixEquals = Condition?.KeyPrefixEquals || undefined;
  return { ...fromS3(Condition, CONDITION), keyPrefixEquals, ...fromS3(Redirect, REDIRECT) };
}

/** Equal for all forms in which S3 may return the same website. The order of rules counts: the first match wins. */
function canonical(website: WebsiteConfiguration): Record<string, unknown> {
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo: all, RoutingRules = [] } = website;
  return {
    indexDocument: IndexDocument?.Suffix,
    errorDocument: ErrorDocument?.Key,
    redirectAllRequestsTo: all && fromS3(all, REDIRECT_ALL),
    routingRules: RoutingRules.length > 0 ? RoutingRules.map(canonicalRule) : undefined,
  };
}

function diff(desired: WebsiteConfiguration, observed: WebsiteConfiguration): Change[] {
  const [wanted, found] = [canonical(desired), canonical(observed)];
  return Object.keys(wanted).flatMap((field) => compare(field, wanted[field], found[field]));
}

function isAbsent({ IndexDocument, RedirectAllRequestsTo }: WebsiteConfiguration): boolean {
  return IndexDocument === undefined && RedirectAllRequestsTo === undefined;
}

function toSpec(observed: WebsiteConfiguration): ExportedSetting {
  if (isAbsent(observed)) return {};
  const unknown = unknownFields(observed, FIELDS);
  if (unknown.length > 0) return { omitted: [`${unknown.join(", ")}, which a spec cannot express`] };
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo: all, RoutingRules = [] } = observed;
  const website = stated<NonNullable<S3BucketSpec["website"]>>({
    indexDocument: IndexDocument?.Suffix,
    errorDocument: ErrorDocument?.Key,
    redirectAllRequestsTo: all && stated({ hostName: all.HostName ?? "", protocol: all.Protocol }),
    routingRules: unlessNone(RoutingRules.map(toRuleSpec)),
  });
  return { spec: { website } };
}

function toRuleSpec({ Condition, Redirect }: RoutingRule): RuleSpec {
  return stated<RuleSpec>({
    condition: unlessEmpty(stated<NonNullable<RuleSpec["condition"]>>(fromS3(Condition, CONDITION))),
    redirect: stated<RuleSpec["redirect"]>(fromS3(Redirect, REDIRECT)),
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */
export const website = defineSetting<WebsiteConfiguration, WebsiteConfiguration>({
  name: "website",
  iamActions: { read: ["s3:GetBucketWebsite"], write: ["s3:PutBucketWebsite", "s3:DeleteBucketWebsite"] },

  desired,

  observe: async ({ s3, ref, options }) => {
    const answer = await unlessAbsent(s3.send(new GetBucketWebsiteCommand(ref), options));
    const { $metadata: _, ...website } = answer ?? {};
    return website;
  },

  diff,

  write: async (bucket, desired, observed) => {
    const { s3, ref, options } = bucket;
    const WebsiteConfiguration = carryOver(desired, observed, FIELDS);
    await (isAbsent(desired)
      ? deleteSeen(bucket, observed, new DeleteBucketWebsiteCommand(ref))
      : s3.send(new PutBucketWebsiteCommand({ ...ref, WebsiteConfiguration }), options));
  },

  reset: (observed) => (isAbsent(observed) ? undefined : {}),

  toSpec,
});
