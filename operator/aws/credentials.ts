import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Clock } from "../clock.ts";

/** The SDK's own margin: from here on new credentials are fetched while the old ones still serve. */
const REFRESH_BEFORE_MS = 5 * 60_000;
/** From here on callers wait for the new ones: the old ones could expire on the way. */
const TOO_OLD_BEFORE_MS = 60_000;

/** One set of credentials for any number of clients. */
export interface SharedCredentials extends AwsCredentialIdentityProvider {
  /** Tells the SDK not to put a cache of its own, per client, on top. */
  readonly memoized: true;
  /** AWS said that they are expired: those fetched before `time`, by the clock's monotonic(), are not used again. */
  dropIfFetchedBefore(time: number): void;
}

/** Callers at the same time share one fetch; a failed one is tried again by the next caller. Credentials that do not expire are fetched once. */
export function shareCredentials(provider: AwsCredentialIdentityProvider, clock: Clock): SharedCredentials {
  let current: { credentials: AwsCredentialIdentity; fetchedAt: number } | undefined;
  let fetching: Promise<AwsCredentialIdentity> | undefined;

  const fetch: AwsCredentialIdentityProvider = async (properties) => {
    try {
      // The SDK's default chain has a cache of its own, which does not see that AWS refuses what is in it.
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
    // Not waited for: an STS that is down must not be felt before the old credentials are really of no use.
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
