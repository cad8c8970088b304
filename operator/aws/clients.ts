import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { S3ControlClient } from "@aws-sdk/client-s3-control";
import { STSClient } from "@aws-sdk/client-sts";
import type { Logger } from "pino";
import type { Logger as SdkLogger, MiddlewareStack } from "@smithy/types";
import type { SharedCredentials } from "./credentials.ts";
import { checkAnswers } from "./answers/middleware.ts";
import { guard, instrument, type Instruments } from "./instrument.ts";
import { keepUnknownElements } from "./unknown-elements/middleware.ts";

export type Client = S3Client | S3ControlClient | KMSClient | IAMClient | EKSClient;

export type CreateClient<C> = (settings: ClientSettings, purpose: ClientPurpose) => C;

/** The same for every client. */
export interface ClientSettings {
  /** Path-style addresses, for stores without a DNS name per bucket. */
  forcePathStyle: boolean;
  userAgent: string;
  /** Milliseconds until an attempt without an answer is given up. */
  requestTimeoutMs: number;
  logger: SdkLogger;
}

/** What one client is for. */
export interface ClientPurpose {
  region: string;
  credentials: SharedCredentials;
  /** Measures and limits its requests. */
  instruments: Instruments;
}

/** The SDK's own logger would write every request's parameters; of it only warnings are let through. */
export function sdkLogger(log: Pick<Logger, "warn"> | undefined): SdkLogger {
  const ignore = () => {};
  return {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (...content: unknown[]) => log?.warn({ detail: content.map(String).join(" ") }, "AWS SDK warned"),
  };
}

/**
 * As many as ten workers can use, each with one GET for every setting: the SDK's connection timeout runs while a request waits for one of its
 * sockets, of which there are 50 by default.
 */
const SOCKETS = { maxSockets: 250 };

/**
 * What all clients share. Endpoints are not set here: they come from the SDK's own AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE> and config file.
 * Three attempts, as the work queue does the long backoff.
 */
export function baseConfig({ userAgent, requestTimeoutMs, logger }: ClientSettings, region: string) {
  return {
    region,
    maxAttempts: 3,
    retryMode: "standard",
    customUserAgent: userAgent,
    logger,
    requestHandler: {
      connectionTimeout: Math.min(3000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      // Without it a request beyond its timeout goes on, with a warning.
      throwOnRequestTimeout: true,
      socketTimeout: requestTimeoutMs,
      httpAgent: SOCKETS,
      httpsAgent: SOCKETS,
    },
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

/** The SDK's endpoint rules put `<account>.` before every host, which is not to be for a custom one such as http://127.0.0.1:9000. */
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
  // After keepUnknownElements, which learns from what this lets through.
  client.middlewareStack.use(checkAnswers<Input, Output>(instruments.service));
  client.middlewareStack.use(guard<Input, Output>(credentials, instruments.clock));
  client.middlewareStack.use(instrument<Input, Output>(instruments));
  return client;
}
