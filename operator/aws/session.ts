import type { KMSClient } from "@aws-sdk/client-kms";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { systemClock, type Clock } from "../kube/clock.ts";
import { abortable } from "./abort.ts";
import { parseArn, partitionOf } from "./arn.ts";
import {
  createKmsClient,
  createS3Client,
  createS3ControlClient,
  sdkLogger,
  type Client,
  type CreateClient,
} from "./clients.ts";
import { shareCredentials, type SharedCredentials } from "./credentials.ts";
import { assumeRoleProvider, callerArnOf } from "./identity.ts";
import { createIdleCache } from "./idle-cache.ts";
import { createAwsMetrics, SERVICES, type Service } from "./instrument.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";

export { AccountMismatchError } from "./errors.ts";

/** Who to be at AWS, and where. */
export interface Identity {
  /** 12 digits; the credentials must turn out to be this account's. */
  accountId: string;
  /** Of STS. */
  region: string;
  /** Absent: the operator's own credentials, by the SDK's default chain. */
  assumeRole?: { roleArn: string; externalId?: string };
  /** Of each service, for the account as a whole: of several identities in one account the last used counts. Default: {@link DEFAULT_REQUESTS_PER_SECOND}. */
  requestsPerSecond?: number;
}

/** A verified identity. Its clients are shared and may be disposed of when unused: get them anew for each reconcile. */
export interface AwsSession {
  accountId: string;
  /** "aws", "aws-cn", "aws-us-gov" and so on. */
  partition: string;
  callerArn: string;
  s3(region: string): S3Client;
  s3Control(region: string): S3ControlClient;
  kms(region: string): KMSClient;
}

export interface Aws {
  /**
   * Asks STS once who the credentials belong to, however many ask at the same time; a failure is not remembered.
   * @throws AccountMismatchError when they are another account's; else an SDK error, for {@link awsFailure}.
   */
  session(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** Asks STS again, also if it was asked before: rights change without a word. Sessions handed out earlier stay good. */
  verify(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** Closes the identity's clients; the next session starts with new credentials. */
  forget(identity: Identity): void;
  /** Closes all. */
  destroy(): void;
}

export interface AwsOptions {
  registry?: Registry;
  forcePathStyle?: boolean;
  /** "s3-operator/1.2.3" */
  userAgent?: string;
  /** Of one attempt. */
  requestTimeoutMs?: number;
  clock?: Clock;
  log?: Pick<Logger, "info" | "warn">;
}

/** Far above what S3 lets through for most accounts, which it does not publish: throttling finds the rate, see rate-limit.ts. */
export const DEFAULT_REQUESTS_PER_SECOND = 1000;

const MAX_CLIENTS = 512;
const MAX_IDENTITIES = 1024;
/** Longer than any reconcile, so that no client is closed while somebody holds it. */
const IDLE_MS = 30 * 60_000;

/** What is known of an identity before and after STS has confirmed it. */
interface Entry {
  /** Begins the keys of its clients. */
  id: string;
  credentials: SharedCredentials;
  session?: Promise<AwsSession>;
}

export function createAws(options: AwsOptions = {}): Aws {
  const { registry = new Registry(), clock = systemClock, log } = options;
  const settings = {
    forcePathStyle: options.forcePathStyle ?? false,
    userAgent: options.userAgent ?? "s3-operator",
    requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
    logger: sdkLogger(log),
  };
  const metrics = createAwsMetrics(registry);
  const limiters = new Map<string, RateLimiter>();
  const ownCredentials = shareCredentials(fromNodeProviderChain(), clock);
  const clients = createIdleCache<Client>({ max: MAX_CLIENTS, idleMs: IDLE_MS, clock, dispose: (c) => c.destroy() });
  const entries = createIdleCache<Entry>({
    max: MAX_IDENTITIES,
    idleMs: IDLE_MS,
    clock,
    dispose: ({ id }) => clients.drop(id),
  });
  let made = 0;

  // As AWS throttles: per account and service, whoever the caller is.
  const limiterOf = (accountId: string, service: Service) => {
    const key = `${accountId}/${service}`;
    const limiter = limiters.get(key) ?? createRateLimiter(DEFAULT_REQUESTS_PER_SECOND, clock);
    limiters.set(key, limiter);
    return limiter;
  };

  const purposeOf = ({ accountId }: Identity, credentials: SharedCredentials, service: Service, region: string) => ({
    region,
    credentials,
    instruments: { service, metrics, clock, limiter: limiterOf(accountId, service) },
  });

  const newEntry = (identity: Identity): Entry => {
    const { assumeRole, region } = identity;
    made += 1;
    const id = `${made}/`;
    if (assumeRole === undefined) return { id, credentials: ownCredentials };
    const provider = assumeRoleProvider(settings, assumeRole, purposeOf(identity, ownCredentials, "sts", region));
    return { id, credentials: shareCredentials(provider, clock) };
  };

  const verify = async (identity: Identity, { id, credentials }: Entry): Promise<AwsSession> => {
    const { accountId, region } = identity;
    const callerArn = await callerArnOf(settings, accountId, purposeOf(identity, credentials, "sts", region));
    log?.info({ accountId, callerArn }, "Verified the identity at AWS");
    const client = <C extends Client>(create: CreateClient<C>, service: Service, region: string) =>
      // Each key stands for one service, hence for one type of client.
      clients.get(`${id}${service}/${region}`, () =>
        create(settings, purposeOf(identity, credentials, service, region)),
      ) as C;
    return {
      accountId,
      partition: parseArn(callerArn)?.partition ?? partitionOf(region),
      callerArn,
      s3: (region) => client(createS3Client, "s3", region),
      s3Control: (region) => client(createS3ControlClient, "s3-control", region),
      kms: (region) => client(createKmsClient, "kms", region),
    };
  };

  const entryOf = (identity: Identity) => entries.get(keyOf(identity), () => newEntry(identity));

  const session: Aws["session"] = async (identity, signal) => {
    const { accountId, requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND } = identity;
    for (const service of SERVICES) limiterOf(accountId, service).configure(requestsPerSecond);
    const entry = entryOf(identity);
    entry.session ??= verify(identity, entry).catch((error: unknown) => {
      delete entry.session;
      throw error;
    });
    return abortable(entry.session, signal);
  };

  return {
    session,
    verify: (identity, signal) => {
      delete entryOf(identity).session;
      return session(identity, signal);
    },
    forget: (identity) => {
      entryOf(identity).credentials.dropIfFetchedBefore(Infinity);
      entries.drop(keyOf(identity));
    },
    destroy: () => {
      entries.drop("");
      clients.drop("");
    },
  };
}

/** Equal for identities that get the same credentials. The rate is no part of who one is. */
function keyOf({ accountId, region, assumeRole }: Identity): string {
  return JSON.stringify([accountId, region, assumeRole?.roleArn ?? null, assumeRole?.externalId ?? null]);
}
