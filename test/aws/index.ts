/** Simulates S3, S3 Control, IAM, STS, KMS and EKS over HTTP in the process of the test. See README.md. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { callLog, type CallLog } from "./calls.ts";
import { podIdentityCredentials } from "./eks/pod-credentials.ts";
import { eks } from "./eks/router.ts";
import { addIssuer, serviceAccountToken, webIdentityToken, type TokenOptions } from "./eks/tokens.ts";
import { faultInjector, type Faults } from "./faults.ts";
import { iam } from "./iam/router.ts";
import { kms } from "./kms/router.ts";
import { normaliser, type Normaliser } from "./normalise.ts";
import { s3 } from "./s3/router.ts";
import { isWebsite, website } from "./s3/website-endpoint.ts";
import { isS3Control, s3control } from "./s3control/router.ts";
import { requestListener } from "./server.ts";
import type { Account, Cluster, Credentials, Issuer } from "./state.ts";
import type { StoreSwitches } from "./store.ts";
import { isUnsignedSts, sts } from "./sts/router.ts";
import { accountOf, addService, newWorld } from "./world.ts";

export type { Call, CallLog } from "./calls.ts";
export type { CallHook, Faults } from "./faults.ts";
export type { TokenOptions } from "./eks/tokens.ts";
export { presign, type PresignOptions } from "./presign.ts";
export type { Normalisations, Normaliser } from "./normalise.ts";
export type { Account, Bucket, Cluster, Credentials, Issuer, Key, PodIdentityAssociation, Role } from "./state.ts";

export interface Simulator {
  /** Endpoint of every service: http://127.0.0.1:port. */
  url: string;
  /** The account. Created on first use. */
  account(accountId: string): Account;
  calls: CallLog;
  faults: Faults;
  normalise: Normaliser;
  /**
   * Evaluates policies for role sessions and checks signatures. Off at first: callers may do everything in their
   * account. Users always have full rights, unless the resource's policy denies them.
   */
  evaluatePolicies: boolean;
  /** The TLS version that policies see; undefined means no TLS. The simulator itself uses plain HTTP. */
  tlsVersion: "1.0" | "1.1" | "1.2" | "1.3" | undefined;
  /** Behaviour of S3-compatible stores that differs from AWS. */
  store: StoreSwitches;
  /** A service account token for AssumeRoleWithWebIdentity, as IRSA gives it to pods. */
  serviceAccountToken(cluster: Cluster, namespace: string, serviceAccount: string, options?: TokenOptions): string;
  /** Adds an issuer of web identity tokens that is no cluster, such as GitHub Actions. Not yet a provider of IAM. */
  addIssuer(oidcIssuer: string): Issuer;
  /** A token for AssumeRoleWithWebIdentity with any subject, such as repo:octo-org/app:ref:refs/heads/main. */
  webIdentityToken(issuer: Issuer, subject: string, options?: TokenOptions): string;
  /**
   * Credentials that EKS Pod Identity gives to pods of this service account. Throws if it has no association, or if the
   * role does not trust it.
   */
  podIdentityCredentials(cluster: Cluster, namespace: string, serviceAccount: string): Promise<Credentials>;
  /** Credentials with which a service of AWS acts for a resource, such as CloudFront for a distribution. */
  serviceCredentials(service: string, sourceArn: string): Credentials;
  /** Minimum duration of every call in milliseconds. Default: 0. */
  latencyMs: number;
  /** Closes all connections, also those of hanging calls. */
  stop(): Promise<void>;
}

/** Starts a simulator on a free port, or on `port`. `now` is its clock, in milliseconds. */
export async function startSimulator({
  port = 0,
  now = Date.now,
}: { port?: number; now?: () => number } = {}): Promise<Simulator> {
  const world = newWorld(now);
  const calls = callLog();
  const faults = faultInjector();
  const normalise = normaliser();
  const services = {
    s3: s3(world, normalise),
    s3control: s3control(world, normalise),
    website: website(world),
    iam: iam(world),
    sts: sts(world),
    kms: kms(world),
    eks: eks(world),
  };
  const simulator: Simulator = {
    url: "",
    account: (accountId) => accountOf(world, accountId),
    calls,
    faults,
    normalise,
    get evaluatePolicies() {
      return world.evaluatePolicies;
    },
    set evaluatePolicies(value) {
      world.evaluatePolicies = value;
    },
    get tlsVersion() {
      return world.tlsVersion;
    },
    set tlsVersion(value) {
      world.tlsVersion = value;
    },
    store: world.store,
    serviceAccountToken: (cluster, namespace, serviceAccount, options) =>
      serviceAccountToken(world, cluster, { namespace, serviceAccount }, options),
    addIssuer: (oidcIssuer) => addIssuer(world, oidcIssuer),
    webIdentityToken: (issuer, subject, options) => webIdentityToken(world, issuer, subject, options),
    podIdentityCredentials: (cluster, namespace, serviceAccount) =>
      podIdentityCredentials(world, cluster, { namespace, serviceAccount }),
    serviceCredentials: (service, sourceArn) => addService(world, service, sourceArn).credentials,
    latencyMs: 0,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const listener = requestListener({
    world,
    calls,
    faults,
    latencyMs: () => simulator.latencyMs,
    serviceOf: (request) => {
      if (isWebsite(request)) return services.website;
      if (isS3Control(request) && !world.store.withoutS3Control) return services.s3control;
      if (isUnsignedSts(request)) return services.sts;
      return Object.values(services).find((service) => service.name === request.scope.service);
    },
  });
  // Longer than any client keeps idle connections, so that no call meets a connection that is closing.
  const server = createServer({ keepAliveTimeout: 300_000 }, listener);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  simulator.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return simulator;
}
