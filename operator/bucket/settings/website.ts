import {
  DeleteBucketWebsiteCommand,
  GetBucketWebsiteCommand,
  PutBucketWebsiteCommand,
  type RoutingRule,
  type WebsiteConfiguration,
} from "@aws-sdk/client-s3";
import type { S3BucketSpec } from "../../api/types.ts";
import { carryOver } from "./carry-over.ts";
import { type ExportedSetting, stated, unknownFields, unlessEmpty, unlessNone } from "./to-spec.ts";
import { defineSetting } from "./setting.ts";
import { unlessAbsent, deleteSeen } from "../subresource.ts";
import { type Change, compare } from "../../reconcile/change.ts";

type RuleSpec = NonNullable<NonNullable<S3BucketSpec["website"]>["routingRules"]>[number];

/** No field: no website. */
function desired({ website }: S3BucketSpec): WebsiteConfiguration | undefined {
  if (website === undefined) return undefined;
  const { indexDocument, errorDocument, redirectAllRequestsTo, routingRules } = website;
  return {
    IndexDocument: indexDocument === undefined ? undefined : { Suffix: indexDocument },
    ErrorDocument: errorDocument === undefined ? undefined : { Key: errorDocument },
    RedirectAllRequestsTo: redirectAllRequestsTo && {
      HostName: redirectAllRequestsTo.hostName,
      Protocol: redirectAllRequestsTo.protocol,
    },
    RoutingRules: routingRules?.map(toRule),
  };
}

function toRule({ condition, redirect }: RuleSpec): RoutingRule {
  return {
    Condition: condition && {
      KeyPrefixEquals: condition.keyPrefixEquals,
      HttpErrorCodeReturnedEquals: condition.httpErrorCodeReturnedEquals,
    },
    Redirect: {
      HostName: redirect.hostName,
      HttpRedirectCode: redirect.httpRedirectCode,
      Protocol: redirect.protocol,
      ReplaceKeyPrefixWith: redirect.replaceKeyPrefixWith,
      ReplaceKeyWith: redirect.replaceKeyWith,
    },
  };
}

function canonicalRule({ Condition, Redirect }: RoutingRule): unknown {
  return {
    keyPrefixEquals: Condition?.KeyPrefixEquals,
    httpErrorCodeReturnedEquals: Condition?.HttpErrorCodeReturnedEquals,
    hostName: Redirect?.HostName,
    httpRedirectCode: Redirect?.HttpRedirectCode,
    protocol: Redirect?.Protocol,
    replaceKeyPrefixWith: Redirect?.ReplaceKeyPrefixWith,
    replaceKeyWith: Redirect?.ReplaceKeyWith,
  };
}

/** The same for every way in which S3 may write the same website; rules keep their order, the first match winning. */
function canonical(website: WebsiteConfiguration): Record<string, unknown> {
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo: all, RoutingRules = [] } = website;
  return {
    indexDocument: IndexDocument?.Suffix,
    errorDocument: ErrorDocument?.Key,
    redirectAllRequestsTo: all && { hostName: all.HostName, protocol: all.Protocol },
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

/** All that a spec can say of it, which has to be all of it: a Put writes it whole. */
const FIELDS = [
  "IndexDocument.Suffix",
  "ErrorDocument.Key",
  ...["HostName", "Protocol"].map((field) => `RedirectAllRequestsTo.${field}`),
  ...["KeyPrefixEquals", "HttpErrorCodeReturnedEquals"].map((field) => `RoutingRules.Condition.${field}`),
  ...["HostName", "HttpRedirectCode", "Protocol", "ReplaceKeyPrefixWith", "ReplaceKeyWith"].map(
    (field) => `RoutingRules.Redirect.${field}`,
  ),
];

function toSpec(observed: WebsiteConfiguration): ExportedSetting {
  if (isAbsent(observed)) return {};
  const unknown = unknownFields(observed, FIELDS);
  if (unknown.length > 0) return { omitted: [`${unknown.join(", ")}, of which a spec knows nothing`] };
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo: all, RoutingRules = [] } = observed;
  const website = stated<NonNullable<S3BucketSpec["website"]>>({
    indexDocument: IndexDocument?.Suffix,
    errorDocument: ErrorDocument?.Key,
    redirectAllRequestsTo: all && stated({ hostName: all.HostName ?? "", protocol: all.Protocol }),
    routingRules: unlessNone(RoutingRules.map(toRuleSpec)),
  });
  return { spec: { website } };
}

function toRuleSpec({ Condition = {}, Redirect = {} }: RoutingRule): RuleSpec {
  return stated<RuleSpec>({
    condition: unlessEmpty(
      stated<NonNullable<RuleSpec["condition"]>>({
        keyPrefixEquals: Condition.KeyPrefixEquals,
        httpErrorCodeReturnedEquals: Condition.HttpErrorCodeReturnedEquals,
      }),
    ),
    redirect: stated<RuleSpec["redirect"]>({
      hostName: Redirect.HostName,
      httpRedirectCode: Redirect.HttpRedirectCode,
      protocol: Redirect.Protocol,
      replaceKeyPrefixWith: Redirect.ReplaceKeyPrefixWith,
      replaceKeyWith: Redirect.ReplaceKeyWith,
    }),
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
