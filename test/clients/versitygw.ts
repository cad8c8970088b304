/**
 * VersityGW as the AWS of a test: an S3 gateway and an IAM server, which enforce policies by themselves.
 * https://github.com/versity/versitygw. tools.ts has the two lines that its build adds.
 *
 * One address serves both. What stands in for calls to AWS that VersityGW lacks:
 * - iam:ListAttachedRolePolicies: an empty list, because its roles have inline policies only.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateOpenIDConnectProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import type { Cluster, Credentials } from "../aws/index.ts";
import { freePort } from "../controlplane/readiness.ts";
import { findTool } from "../tools/index.ts";
import { forward, listen } from "./forward.ts";
import { startServer } from "./server.ts";
import { createCertificate, type Certificate } from "./tls.ts";

export interface VersityGW extends AsyncDisposable {
  /** The address of S3, IAM and STS. */
  url: string;
}

/** Its only account. */
export const VERSITYGW_ACCOUNT = "000000000000";
/** Its IAM server accepts signatures for no other. */
export const VERSITYGW_REGION = "us-east-1";
/** Of the root user, who owns all buckets: the operator names the account as the expected owner. */
export const ROOT: Credentials = { accessKeyId: VERSITYGW_ACCOUNT, secretAccessKey: "versitygw-root-secret" };

/** Starts both servers, with the issuer of the cluster as an identity provider. */
export async function startVersityGW(cluster: Cluster): Promise<VersityGW> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), "versitygw-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  for (const name of ["iam", "buckets", "metadata"]) await mkdir(join(folder, name));
  const issuer = new URL(cluster.oidcIssuer);
  const certificate = await createCertificate(issuer.hostname, folder);
  stack.use(await startIssuer(cluster, certificate, join(folder, "issuer.sock")));

  const start = async (...args: string[]) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const root = ["--access", ROOT.accessKeyId, "--secret", ROOT.secretAccessKey, "--region", VERSITYGW_REGION];
    const server = ["--port", new URL(url).host, "--health", "/healthz", ...root];
    const program = await findTool("versitygw");
    stack.use(await startServer(program, [...server, ...args], { cwd: folder, url: `${url}/healthz` }));
    return url;
  };
  const socket = join(folder, "iam.sock");
  const iam = await start("iam", "--dir", join(folder, "iam"), "--private-ports", socket);
  await addProvider(iam, cluster, certificate);
  const posix = ["posix", "--sidecar", join(folder, "metadata"), join(folder, "buckets")];
  const gateway = await start("--iam-standalone-endpoint", socket, ...posix);
  const front = stack.use(await listen((request, response) => void route(request, response, { iam, gateway })));
  const end = stack.move();
  return { url: `http://127.0.0.1:${front.port}`, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function startIssuer({ oidcIssuer, signingKeys }: Cluster, certificate: Certificate, socket: string) {
  const { pathname } = new URL(oidcIssuer);
  const documents: Record<string, object> = {
    [`${pathname}/.well-known/openid-configuration`]: { issuer: oidcIssuer, jwks_uri: `${oidcIssuer}/keys` },
    [`${pathname}/keys`]: { keys: [signingKeys.publicKey.export({ format: "jwk" })] },
  };
  return listen(({ url = "" }, response) => response.end(JSON.stringify(documents[url])), { certificate, socket });
}

async function addProvider(endpoint: string, { oidcIssuer }: Cluster, { thumbprint }: Certificate): Promise<void> {
  const iam = new IAMClient({ endpoint, region: VERSITYGW_REGION, credentials: ROOT });
  const provider = { Url: oidcIssuer, ClientIDList: ["sts.amazonaws.com"], ThumbprintList: [thumbprint] };
  await iam.send(new CreateOpenIDConnectProviderCommand(provider)).finally(() => iam.destroy());
}

/** Calls of IAM and STS are forms for the path "/", which no call of S3 is. */
async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { iam, gateway }: { iam: string; gateway: string },
): Promise<void> {
  if (request.method !== "POST" || request.url !== "/") {
    forward(request, response, gateway);
    return;
  }
  const body = await buffer(request);
  if (new URLSearchParams(body.toString()).get("Action") === "ListAttachedRolePolicies") {
    response.writeHead(200, { "content-type": "text/xml" }).end(NO_ATTACHED_POLICIES);
  } else forward(request, response, iam, body);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
const NO_ATTACHED_POLICIES = `<ListAttachedRolePoliciesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<ListAttachedRolePoliciesResult><IsTruncated>false</IsTruncated><AttachedPolicies/></ListAttachedRolePoliciesResult>
<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</ListAttachedRolePoliciesResponse>`;
