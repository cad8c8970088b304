import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { S3ControlClient } from "@aws-sdk/client-s3-control";
import { STSClient } from "@aws-sdk/client-sts";
import type { MiddlewareStack, Logger as SdkLogger } from "@smithy/types";
import type { Logger } from "pino";
import { checkAnswers } from "./answers/middleware.ts";
import type { SharedCredentials } from "./credentials.ts";
import { guard, instrument, type Instruments } from "./instrument.ts";
import { proxyEnvOf } from "./proxy.ts";
import { keepUnknownElements } from "./unknown-elements/middleware.ts";

export type Client = S3Client | S3ControlClient | KMSClient | IAMClient | EKSClient;

export type CreateClient<C> = (settings: ClientSettings, purpose: ClientPurpose) => C;

export interface ClientSettings {
  /** Path-style addresses, for stores without a host name per bucket. */
  forcePathStyle: boolean;
  userAgent: string;
  /** Limit of one attempt. */
  requestTimeoutMs: number;
  logger: SdkLogger;
}

export interface ClientPurpose {
  region: string;
  credentials: SharedCredentials;
  instruments: Instruments;
}

/** Logs only warnings: the SDK's other entries contain the parameters of every request. */
export function sdkLogger(log: Pick<Logger, "warn"> | undefined): SdkLogger {
  const ignore = () => {};
  return {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (...content: unknown[]) => log?.warn({ detail: content.map(String).join(" ") }, "AWS SDK warned"),
  };
}

/** Enough for ten workers that read all settings at once: waiting for a socket counts as connecting. */
const MAX_SOCKETS = 250;

/** Three attempts: the work queue does the long backoff. Endpoints come from AWS_ENDPOINT_URL of the SDK. */
export function baseConfig(settings: ClientSettings, region: string) {
  const { userAgent, logger } = settings;
  return {
    region,
    maxAttempts: 3,
    retryMode: "standard",
    customUserAgent: userAgent,
    logger,
    requestHandler: requestHandlerOf(settings),
  };
}

/** Timeouts, sockets, and the proxies of the environment. */
export function requestHandlerOf({ requestTimeoutMs }: Pick<ClientSettings, "requestTimeoutMs">) {
  const agent = { maxSockets: MAX_SOCKETS, proxyEnv: proxyEnvOf(process.env) };
  return {
    connectionTimeout: Math.min(3000, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // Otherwise the SDK only warns when a request exceeds its timeout.
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeoutMs,
    httpAgent: agent,
    httpsAgent: agent,
  };
}

export function createS3Client(settings: ClientSettings, purpose: ClientPurpose): S3Client {
  const { forcePathStyle } = settings;
  const client = new S3Client({
    ...baseConfig(settings, purpose.region),
    credentials: purpose.credentials,
    forcePathStyle,
  });
  client.middlewareStack.use(keepUnknownElements());
  return equip(client, purpose);
}

export function createKmsClient(settings: ClientSettings, purpose: ClientPurpose): KMSClient {
  return equip(new KMSClient({ ...baseConfig(settings, purpose.region), credentials: purpose.credentials }), purpose);
}

export function createIamClient(settings: ClientSettings, purpose: ClientPurpose): IAMClient {
  return equip(new IAMClient({ ...baseConfig(settings, purpose.region), credentials: purpose.credentials }), purpose);
}

export function createEksClient(settings: ClientSettings, purpose: ClientPurpose): EKSClient {
  return equip(new EKSClient({ ...baseConfig(settings, purpose.region), credentials: purpose.credentials }), purpose);
}

export function createStsClient(settings: ClientSettings, purpose: ClientPurpose): STSClient {
  return equip(new STSClient({ ...baseConfig(settings, purpose.region), credentials: purpose.credentials }), purpose);
}

/** Uses a custom endpoint unchanged: the SDK's endpoint rules would put `<account>.` before its host. */
export function createS3ControlClient(settings: ClientSettings, purpose: ClientPurpose): S3ControlClient {
  const { region, credentials } = purpose;
  const client = new S3ControlClient({ ...baseConfig(settings, region), credentials });
  const { endpointProvider } = client.config;
  client.config.endpointProvider = (parameters, context) =>
    parameters.Endpoint === undefined ? endpointProvider(parameters, context) : { url: new URL(parameters.Endpoint) };
  return equip(client, purpose);
}

type Stacked<Input extends object, Output extends object> = { middlewareStack: MiddlewareStack<Input, Output> };

function equip<Input extends object, Output extends object, C extends Stacked<Input, Output>>(
  client: C & Stacked<Input, Output>,
  { credentials, instruments }: ClientPurpose,
): C {
  // After keepUnknownElements, which reads the answers that pass this check.
  client.middlewareStack.use(checkAnswers<Input, Output>(instruments.service));
  client.middlewareStack.use(guard<Input, Output>(credentials, instruments.clock));
  client.middlewareStack.use(instrument<Input, Output>(instruments));
  return client;
}
