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
  sdkLogger,
  type Client,
  type CreateClient,
} from "./clients.ts";
import { shareCredentials, type SharedCredentials } from "./credentials.ts";
import { createDenials, type DeniedAction, type Denials } from "./denials.ts";
import { assumeRoleProvider, callerArnOf } from "./identity.ts";
import { createIdleCache } from "./idle-cache.ts";
import { createAwsMetrics } from "./instrument.ts";
import { createRateLimiters } from "./rate-limit.ts";
import { type Service, SERVICES } from "./service.ts";

/** Who to be at AWS, and where. */
export interface Identity {
  /** 12 digits; the credentials must turn out to be this account's. */
  accountId: string;
  /** Of STS. */
  region: string;
  /** Absent: the operator's own credentials, by the SDK's default chain. */
  assumeRole?: { roleArn: string; externalId?: string };
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
  eks(region: string): EKSClient;
  /** There is one IAM for all regions of a partition. */
  iam(): IAMClient;
}

export interface Aws {
  /**
   * Asks STS once who the credentials belong to, however many ask at the same time; a failure is not remembered.
   * @throws AccountMismatchError when they are another account's; else an SDK error, for {@link awsFailure}.
   */
  session(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** Asks STS again, also if it was asked before: rights change without a word. Sessions handed out earlier stay good. */
  verify(identity: Identity, signal?: AbortSignal): Promise<AwsSession>;
  /** How fast each service of an account is called from now on, by all its identities. Default: {@link DEFAULT_REQUESTS_PER_SECOND}. */
  limit(accountId: string, requestsPerSecond?: number): void;
  /** What AWS denied the identity of late, in any call. */
  denied(identity: Identity): DeniedAction[];
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
  /** Asked before each attempt of any call; where it says no, nothing is sent. */
  mayCall?: () => boolean;
  /** An action was denied to an identity in the account that was not known to be. */
  onDenied?: (accountId: string) => void;
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
  denials: Denials;
  /** As STS last said. */
  callerArn?: string;
  session?: Promise<AwsSession>;
}

export function createAws(options: AwsOptions = {}): Aws {
  const { registry = new Registry(), clock = systemClock, log, mayCall, onDenied } = options;
  const settings = settingsOf(options);
  const metrics = createAwsMetrics(registry);
  const limiterOf = createRateLimiters(DEFAULT_REQUESTS_PER_SECOND, clock);
  const ownCredentials = shareCredentials(fromNodeProviderChain(), clock);
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
      // Each key stands for one service, hence for one type of client.
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
      // Unless somebody has asked again in the meantime.
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

/** Equal for identities that get the same credentials. */
function keyOf({ accountId, region, assumeRole }: Identity): string {
  return JSON.stringify([accountId, region, assumeRole?.roleArn ?? null, assumeRole?.externalId ?? null]);
}
