/** An AWS that runs in the test's own process: S3, S3 Control, IAM, STS, KMS and EKS over HTTP. See README.md for what it knows. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { callLog, type CallLog } from "./calls.ts";
import { eks } from "./eks/router.ts";
import { podIdentityCredentials } from "./eks/pod-credentials.ts";
import { serviceAccountToken, type TokenOptions } from "./eks/tokens.ts";
import { faultInjector, type Faults } from "./faults.ts";
import { iam } from "./iam/router.ts";
import { kms } from "./kms/router.ts";
import { normaliser, type Normaliser } from "./normalise.ts";
import { s3 } from "./s3/router.ts";
import { isS3Control, s3control } from "./s3control/router.ts";
import { requestListener } from "./server.ts";
import type { Account, Cluster, Credentials } from "./state.ts";
import type { StoreSwitches } from "./store.ts";
import { accountOf, newWorld } from "./world.ts";
import { isUnsignedSts, sts } from "./sts/router.ts";

export type { Call, CallLog } from "./calls.ts";
export type { Faults } from "./faults.ts";
export type { TokenOptions } from "./eks/tokens.ts";
export { presign, type PresignOptions } from "./presign.ts";
export type { Normalisations, Normaliser } from "./normalise.ts";
export type { Account, Bucket, Cluster, Credentials, Key, PodIdentityAssociation, Role } from "./state.ts";

export interface Simulator {
  /** http://127.0.0.1:port, for every service. */
  url: string;
  /** The account, created on first use. */
  account(accountId: string): Account;
  calls: CallLog;
  faults: Faults;
  normalise: Normaliser;
  /**
   * Whether policies decide what sessions of roles may do, and signatures are checked; false at first: callers may do everything in their
   * account. Users always may, as far as the resource's policy lets them.
   */
  evaluatePolicies: boolean;
  /** The version of TLS that callers are taken to have used, for policies to see; undefined: none. The simulator itself speaks HTTP. */
  tlsVersion: "1.0" | "1.1" | "1.2" | "1.3" | undefined;
  /** What a store that is not AWS does otherwise. */
  store: StoreSwitches;
  /** A token of this service account, as a pod with IRSA has one: for AssumeRoleWithWebIdentity. */
  serviceAccountToken(cluster: Cluster, namespace: string, serviceAccount: string, options?: TokenOptions): string;
  /** What the agent of EKS Pod Identity gives to a pod of this service account. Throws when nothing is associated, or the role does not trust it. */
  podIdentityCredentials(cluster: Cluster, namespace: string, serviceAccount: string): Promise<Credentials>;
  /** Every call takes at least this long; 0 at first. */
  latencyMs: number;
  /** Ends all connections, those of hanging calls included. */
  stop(): Promise<void>;
}

/** Starts a simulator on a port of its own, or on `port`. `now` is its clock, in milliseconds. */
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
    podIdentityCredentials: (cluster, namespace, serviceAccount) =>
      podIdentityCredentials(world, cluster, { namespace, serviceAccount }),
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
      if (isS3Control(request) && !world.store.withoutS3Control) return services.s3control;
      if (isUnsignedSts(request)) return services.sts;
      return Object.values(services).find((service) => service.name === request.scope.service);
    },
  });
  // Idle connections stay open longer than any client keeps them, so that no call meets a closing one.
  const server = createServer({ keepAliveTimeout: 300_000 }, listener);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  simulator.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return simulator;
}
