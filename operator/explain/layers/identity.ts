import type { PolicyRequest } from "../../aws/policy/evaluation/request.ts";
import { judge, resourceRulingOf, rulingOf, type Judgement } from "../../aws/policy/evaluation/ruling.ts";
import type { Findings, NamedPolicy, Read, RoleFindings, Simulated, Simulation } from "../findings.ts";
import { accountOf } from "../question.ts";
import { allowed, blocks, cannotBeRead, cannotTell, depends, type Layer } from "./layer.ts";

const IDENTITY = "identity policy";
const BOUNDARY = "permissions boundary";
const ORGANIZATION = "organization";
const BY_SIMULATION = "by AWS's simulation";

/** The role's policies, its boundary, and the organization where it may be what blocks. Pure. */
export function identityLayers({ s3, foreign, role, bucketPolicy }: Findings): Layer[] {
  if (foreign === "Role") return [ofOtherAccount(s3.request)];
  const byBucket = bucketPolicy.value && judge(resourceRulingOf(bucketPolicy.value, s3.request));
  return ownSide(s3, role, byBucket?.outcome === "Allowed" ? "the bucket policy" : undefined);
}

/**
 * The same for one request to S3 or KMS. If the simulation does not allow it, the role's policies tell what blocks.
 * @param allowedElsewhere the resource's policy, if it allows the role itself, which is enough within an account
 */
export function ownSide(
  { request, simulation }: Simulated,
  role: RoleFindings | undefined,
  allowedElsewhere?: string,
): Layer[] {
  if (simulation.remedy === undefined && simulation.value === undefined) {
    return [
      blocks(
        IDENTITY,
        `role ${request.roleArn} does not exist`,
        "wait until the operator recreates it, or see the BucketAccess's condition",
      ),
    ];
  }
  const simulated = simulation.value;
  if (isClear(simulated) || role === undefined)
    return [allowed(IDENTITY, BY_SIMULATION), allowed(BOUNDARY, BY_SIMULATION)];
  const [own, boundary] = [ofPolicies(role.policies, request), ofBoundary(role.boundary, request)];
  if (allowedElsewhere === undefined) return reconciled(own, boundary, simulated);
  // The simulation may deny only because it does not read the resource's policy.
  const detail = `the role needs no policy for it: ${allowedElsewhere} allows the role`;
  return [lacks(role.policies, request) ? allowed(IDENTITY, detail) : own, boundary];
}

/** Allowed regardless of what is unknown about the request. */
export function isClear(simulation: Simulation | undefined): boolean {
  return simulation?.allowed === true && simulation.missing.length === 0;
}

function ofOtherAccount({ roleArn, action }: PolicyRequest): Layer {
  const detail = `the role belongs to account ${accountOf(roleArn)}, and its policies must allow ${action} too`;
  return cannotTell(IDENTITY, detail, "ask that account to run 'aws iam simulate-principal-policy' for the role");
}

function ofPolicies(policies: Read<NamedPolicy[]>, request: PolicyRequest): Layer {
  if (policies.remedy !== undefined) return cannotBeRead(IDENTITY, policies.remedy);
  const judgement = judgeAll(policies.value, request);
  if (judgement.outcome !== "NotAllowed") return layerOf(IDENTITY, judgement);
  const detail = `no policy of the role allows ${request.action} on ${request.resource}`;
  return blocks(IDENTITY, detail, "add a grant that covers it; if there is one, check that the BucketAccess is Ready");
}

/** No policy of the role allows or denies the request. */
function lacks({ value }: Read<NamedPolicy[]>, request: PolicyRequest): boolean {
  return value !== undefined && judgeAll(value, request).outcome === "NotAllowed";
}

function ofBoundary(boundary: Read<NamedPolicy | undefined>, request: PolicyRequest): Layer {
  if (boundary.remedy !== undefined) return cannotBeRead(BOUNDARY, boundary.remedy);
  if (boundary.value === undefined) return allowed(BOUNDARY, "the role has none");
  const judgement = judgeAll([boundary.value], request);
  if (judgement.outcome !== "NotAllowed") return layerOf(BOUNDARY, judgement);
  const detail = `${boundary.value.name} does not allow ${request.action} on ${request.resource}`;
  return blocks(BOUNDARY, detail, "ask the platform team to widen iam.permissionsBoundaryArn of the AWSAccount");
}

function judgeAll(policies: readonly NamedPolicy[], request: PolicyRequest): Judgement {
  const rulings = policies.map(({ name, document }) => {
    const { denies, allows } = rulingOf(document, request);
    const named = <T extends { name: string }>(each: T): T => ({
      ...each,
      name: `statement '${each.name}' of ${name}`,
    });
    return { denies: denies.map(named), allows: allows.map(named) };
  });
  return judge({ denies: rulings.flatMap(({ denies }) => denies), allows: rulings.flatMap(({ allows }) => allows) });
}

function layerOf(name: string, judgement: Exclude<Judgement, { outcome: "NotAllowed" }>): Layer {
  if (judgement.outcome === "Depends") return depends(name, judgement.keys);
  if (judgement.outcome === "Allowed") return allowed(name, judgement.by);
  return blocks(name, `${judgement.by} denies it`, "remove that statement");
}

/** Uses AWS's simulation where a layer cannot be read or judged. */
function reconciled(own: Layer, boundary: Layer, simulated: Simulation | undefined): Layer[] {
  if (simulated === undefined || simulated.missing.length > 0) return [own, boundary];
  const bounded = boundary.state === "cannot tell" ? boundaryBy(boundary, simulated, own) : boundary;
  const owned =
    own.state === "cannot tell" && bounded.state === "allowed"
      ? blocks(own.name, "AWS's simulation denies it", "add a grant that covers it")
      : own;
  const layers = [owned, bounded];
  if (layers.some(({ state }) => state !== "allowed")) return layers;
  const detail = "AWS's simulation denies it, though the role's policies and boundary seem to allow it";
  const remedy = "ask the platform team whether a policy of the AWS organization denies it";
  return [
    ...layers,
    simulated.allowedByOrganization === false
      ? blocks(ORGANIZATION, detail, remedy)
      : cannotTell(ORGANIZATION, detail, remedy),
  ];
}

function boundaryBy(boundary: Layer, { allowedByBoundary }: Simulation, own: Layer): Layer {
  if (allowedByBoundary === true) return allowed(BOUNDARY, BY_SIMULATION);
  if (allowedByBoundary === false || own.state === "allowed") {
    return blocks(
      BOUNDARY,
      "AWS's simulation denies it, and the role's own policies allow it",
      "ask the platform team to widen it",
    );
  }
  return boundary;
}
