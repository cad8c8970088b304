import type { EKSClient } from "@aws-sdk/client-eks";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3ControlClient } from "@aws-sdk/client-s3-control";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { systemClock, type Clock } from "../clock.ts";
import { rejectOnAbort } from "./abort.ts";
import { iamRegion, parseArn, partitionOf } from "./arn.ts";
import {
  createEksClient,
  createIamClient,
  createKmsClient,
  createS3Client,
  createS3ControlClient,
  requestHandlerOf,
  sdkLogger,
  type Client,
  type CreateClient,
} from "./clients.ts";
import { shareCredentials, type SharedCredentials } from "./credentials.ts";
import { createDenials, type Denials, type DeniedAction } from "./denials.ts";
import { assumeRoleProvider, callerArnOf, type AssumeRole } from "./identity.ts";
import { createIdleCache } from "./idle-cache.ts";
import { createAwsMetrics } from "./instrument.ts";
import { createRateLimiters } from "./rate-limit.ts";
import { SERVICES, type Service } from "./service.ts";

export interface Identity {
  /** 12 digits. The credentials must belong to this account. */
  accountId: string;
  /** Region of STS. */
  region: string;
  /** Absent: the operator's own credentials from the SDK's default chain. */
  assumeRole?: AssumeRole;
}

/** A verified identity. Its clients are shared and disposed of when unused: get them again in each reconcile. */
export interface AwsSession {
  accountId: string;
  partition: string;
  callerArn: string;
  s3(region: string): S3Client;
  s3Control(region: string): S3ControlClient;
  kms(region: string): KMSClient;
  eks(region: string): EKSClient;
  iam(): IAMClient;
}

export interface Aws {
  /**
   * Calls STS once for each identity; concurrent callers share the call. A failure is not cached.
   * @throws AccountMismatchError, or an error of the SDK
   */
  session(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** Calls STS again, because permissions can change. Earlier sessions stay valid. */
  verify(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** Sets the rate for each service of an account. Default: {@link DEFAULT_REQUESTS_PER_SECOND}. */
  limit(accountId: string, requestsPerSecond?: number): void;
  /** Actions that AWS recently denied to the identity. */
  denied(identity: Identity): DeniedAction[];
  /** Closes the identity's clients. The next session gets new credentials. */
  forget(identity: Identity): void;
  destroy(): void;
}

export interface AwsOptions {
  registry?: Registry;
  forcePathStyle?: boolean;
  /** "s3-operator/1.2.3" */
  userAgent?: string;
  /** Limit of one attempt. */
  requestTimeoutMs?: number;
  clock?: Clock;
  log?: Pick<Logger, "info" | "warn">;
  /** Called before each attempt; false: the attempt fails without a request. */
  mayCall?: () => boolean;
  /** Called the first time an action is denied to an identity in the account. */
  onDenied?: (accountId: string) => void;
}

/** Above the limits of S3, which AWS does not publish: throttling finds the rate, see rate-limit.ts. */
const DEFAULT_REQUESTS_PER_SECOND = 1000;

const MAX_CLIENTS = 512;
const MAX_IDENTITIES = 1024;
/** Longer than any reconcile, so that no client is closed while in use. */
const IDLE_MS = 30 * 60_000;

interface Entry {
  /** Prefix of the keys of its clients. */
  id: string;
  credentials: SharedCredentials;
  denials: Denials;
  /** Last answer of STS. */
  callerArn?: string;
  session?: Promise<AwsSession>;
}

export function createAws(options: AwsOptions = {}): Aws {
  const { registry = new Registry(), clock = systemClock, log, mayCall, onDenied } = options;
  const settings = settingsOf(options);
  const metrics = createAwsMetrics(registry);
  const limiterOf = createRateLimiters(DEFAULT_REQUESTS_PER_SECOND, clock);
  // For STS and SSO. The handler of the client that asks first may be closed during the fetch.
  const clientConfig = { requestHandler: requestHandlerOf(settings) };
  const ownCredentials = shareCredentials(fromNodeProviderChain({ clientConfig }), clock);
  const clients = createIdleCache<Client>({
    max: MAX_CLIENTS,
    idleMs: IDLE_MS,
    clock,
    dispose: (client) => client.destroy(),
  });
  const entries = createIdleCache<Entry>({
    max: MAX_IDENTITIES,
    idleMs: IDLE_MS,
    clock,
    dispose: ({ id }) => clients.drop(id),
  });
  let made = 0;

  const purposeOf = (
    { accountId }: Identity,
    { credentials, denials }: Pick<Entry, "credentials" | "denials">,
    service: Service,
    region: string,
  ) => ({
    region,
    credentials,
    instruments: { service, metrics, clock, limiter: limiterOf(accountId, service), denials, mayCall },
  });

  const newEntry = (identity: Identity): Entry => {
    const { accountId, assumeRole, region } = identity;
    made += 1;
    const denials = createDenials(clock, () => onDenied?.(accountId));
    const own = { id: `${made}/`, credentials: ownCredentials, denials };
    if (assumeRole === undefined) return own;
    const provider = assumeRoleProvider(settings, assumeRole, purposeOf(identity, own, "sts", region));
    return { ...own, credentials: shareCredentials(provider, clock) };
  };

  const confirm = async (identity: Identity, entry: Entry): Promise<AwsSession> => {
    const { accountId, region } = identity;
    const callerArn = await callerArnOf(settings, accountId, purposeOf(identity, entry, "sts", region));
    if (entry.callerArn !== callerArn) log?.info({ accountId, callerArn }, "Verified the identity at AWS");
    entry.callerArn = callerArn;
    const client = <C extends Client>(create: CreateClient<C>, service: Service, region: string) => {
      const make = () => create(settings, purposeOf(identity, entry, service, region));
      // Each key has one service, and so one type of client.
      return clients.get(`${entry.id}${service}/${region}`, make) as C;
    };
    return {
      accountId,
      partition: parseArn(callerArn)?.partition ?? partitionOf(region),
      callerArn,
      s3: (region) => client(createS3Client, "s3", region),
      s3Control: (region) => client(createS3ControlClient, "s3-control", region),
      kms: (region) => client(createKmsClient, "kms", region),
      eks: (region) => client(createEksClient, "eks", region),
      iam: () => client(createIamClient, "iam", iamRegion(region)),
    };
  };

  const entryOf = (identity: Identity) => entries.get(keyOf(identity), () => newEntry(identity));

  const session: Aws["session"] = (identity, signal) => {
    const entry = entryOf(identity);
    const asked = (entry.session ??= confirm(identity, entry).catch((error: unknown) => {
      // Unless another caller has verified again in the meantime.
      if (entry.session === asked) delete entry.session;
      throw error;
    }));
    return rejectOnAbort(asked, signal);
  };

  return {
    session,
    verify: (identity, signal) => {
      delete entryOf(identity).session;
      return session(identity, signal);
    },
    limit: (accountId, requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND) => {
      for (const service of SERVICES) limiterOf(accountId, service).configure(requestsPerSecond);
    },
    denied: (identity) => entryOf(identity).denials.list(),
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

function settingsOf({ forcePathStyle = false, userAgent = "s3-operator", requestTimeoutMs = 15_000, log }: AwsOptions) {
  return { forcePathStyle, userAgent, requestTimeoutMs, logger: sdkLogger(log) };
}

/** Equal for identities with the same credentials. */
function keyOf({ accountId, region, assumeRole }: Identity): string {
  return JSON.stringify([accountId, region, assumeRole?.roleArn ?? null, assumeRole?.externalId ?? null]);
}
