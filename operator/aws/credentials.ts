import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Clock } from "../clock.ts";

/** The SDK's own margin: new credentials are fetched while the old ones are still used. */
const REFRESH_BEFORE_MS = 5 * 60_000;
/** Callers then wait for new credentials: the old ones could expire during the request. */
const TOO_OLD_BEFORE_MS = 60_000;

export interface SharedCredentials extends AwsCredentialIdentityProvider {
  /** Keeps the SDK from adding a cache per client. */
  readonly memoized: true;
  /** Drops credentials fetched before `time`, by the clock's monotonic(), because AWS calls them expired. */
  dropIfFetchedBefore(time: number): void;
}

/** Concurrent callers share one fetch; the next caller retries a failed one. */
export function shareCredentials(provider: AwsCredentialIdentityProvider, clock: Clock): SharedCredentials {
  let current: { credentials: AwsCredentialIdentity; fetchedAt: number } | undefined;
  let fetching: Promise<AwsCredentialIdentity> | undefined;

  const fetch: AwsCredentialIdentityProvider = async (properties) => {
    try {
      // The cache of the SDK's default chain keeps credentials that AWS refuses.
      const credentials = await provider({ ...properties, forceRefresh: true });
      current = { credentials, fetchedAt: clock.monotonic() };
      return credentials;
    } finally {
      fetching = undefined;
    }
  };

  const shared: AwsCredentialIdentityProvider = async (properties) => {
    const left = remainingMs(current?.credentials, clock.now());
    if (current !== undefined && left > REFRESH_BEFORE_MS) return current.credentials;
    fetching ??= fetch(properties);
    if (current === undefined || left < TOO_OLD_BEFORE_MS) return fetching;
    // Not awaited: while STS is down, the old credentials serve until they expire.
    fetching.catch(() => {});
    return current.credentials;
  };

  return Object.assign(shared, {
    memoized: true as const,
    dropIfFetchedBefore: (time: number) => {
      if (current !== undefined && current.fetchedAt < time) current = undefined;
    },
  });
}

function remainingMs(credentials: AwsCredentialIdentity | undefined, now: number): number {
  return credentials?.expiration === undefined ? Infinity : credentials.expiration.getTime() - now;
}
