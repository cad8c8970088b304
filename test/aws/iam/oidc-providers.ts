/**
 * OpenID Connect providers: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */

import { listParameter, type QueryAction, type QueryContext } from "../query.ts";
import type { OidcProvider } from "../state.ts";
import { element } from "../xml.ts";
import { alreadyExists, limitExceeded, noSuchEntity, validationError } from "./errors.ts";
import { partitionOf } from "./global-region.ts";
import { callerAccount } from "./parameters.ts";
import { timestamp } from "./role-element.ts";
import { tagElements, tagsParameter } from "./tags.ts";

const MAX_PROVIDERS = 100;

const arnParameter = (parameters: URLSearchParams) => parameters.get("OpenIDConnectProviderArn") ?? "";

export const oidcProviderActions: QueryAction[] = [
  {
    operation: "CreateOpenIDConnectProvider",
    write: true,
    parameters: ["Url", "ClientIDList", "ThumbprintList", "Tags"],
    furtherActions: (parameters) => (parameters.has("Tags.member.1.Key") ? ["iam:TagOpenIDConnectProvider"] : []),
    resource: (parameters, context) => providerArn(parameters.get("Url") ?? "", context),
    handle: (parameters, context) => {
      const { arn, tags } = createProvider(parameters, context);
      return [element("OpenIDConnectProviderArn", arn), element("Tags", tagElements(tags))];
    },
  },
  {
    operation: "GetOpenIDConnectProvider",
    write: false,
    parameters: ["OpenIDConnectProviderArn"],
    resource: arnParameter,
    handle: (parameters, context) => {
      const provider = existing(parameters, context);
      const members = (values: string[]) => values.map((value) => element("member", value));
      return [
        element("Url", provider.url),
        element("ClientIDList", members(provider.clientIds)),
        element("ThumbprintList", members(provider.thumbprints)),
        element("CreateDate", timestamp(provider.createdAt)),
        element("Tags", tagElements(provider.tags)),
      ];
    },
  },
  {
    operation: "DeleteOpenIDConnectProvider",
    write: true,
    parameters: ["OpenIDConnectProviderArn"],
    resource: arnParameter,
    handle: (parameters, context) => {
      callerAccount(context).oidcProviders.delete(existing(parameters, context).arn);
      return undefined;
    },
  },
  {
    operation: "ListOpenIDConnectProviders",
    write: false,
    parameters: [],
    resource: () => "*",
    handle: (_, context) => {
      const arns = [...callerAccount(context).oidcProviders.keys()];
      return [
        element(
          "OpenIDConnectProviderList",
          arns.map((arn) => element("member", [element("Arn", arn)])),
        ),
      ];
    },
  },
];

function createProvider(parameters: URLSearchParams, context: QueryContext): OidcProvider {
  const url = parameters.get("Url") ?? "";
  if (!/^https:\/\/[^?#\s]+$/.test(url) || url.length > 255)
    throw validationError(url, "url", "Invalid Open ID Connect Provider URL");
  const { oidcProviders } = callerAccount(context);
  const arn = providerArn(url, context);
  if (oidcProviders.has(arn)) throw alreadyExists(`Provider with url ${url} already exists.`);
  if (oidcProviders.size >= MAX_PROVIDERS) {
    throw limitExceeded(`Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${MAX_PROVIDERS}`);
  }
  const provider = {
    arn,
    url: withoutScheme(url),
    clientIds: listParameter(parameters, "ClientIDList"),
    thumbprints: listParameter(parameters, "ThumbprintList"),
    tags: tagsParameter(parameters, new Map()),
    createdAt: context.world.now(),
  };
  oidcProviders.set(arn, provider);
  return provider;
}

function existing(parameters: URLSearchParams, context: QueryContext): OidcProvider {
  const arn = arnParameter(parameters);
  const provider = callerAccount(context).oidcProviders.get(arn);
  if (provider === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

function providerArn(url: string, { caller, region }: QueryContext): string {
  return `arn:${partitionOf(region)}:iam::${caller.accountId}:oidc-provider/${withoutScheme(url)}`;
}

function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, "");
}
