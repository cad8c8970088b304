import type { PodIdentityAssociation } from "@aws-sdk/client-eks";
import { describe, expect, test } from "vitest";
import { roleTags, type RoleOwner } from "../../api/ownership.ts";
import type { PolicyDocument } from "../../aws/policy/document.ts";
import type { AwsSession } from "../../aws/session.ts";
import { iamError } from "../../aws/testing/sdk-errors.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import {
  associationPart,
  findAssociation,
  observeAssociation,
  removeAssociation,
  writeSessionPolicy,
} from "./association.ts";
import type { DesiredAssociation } from "./desired.ts";

const OWNER: RoleOwner = { cluster: "prod", kind: "ServiceAccount", namespace: "team", name: "app" };
const OTHER: RoleOwner = { ...OWNER, namespace: "other" };
const PLACE = "arn:aws:eks:eu-central-1:111122223333:podidentityassociation";
const ROLE = "arn:aws:iam::111122223333:role/app";
const POLICY: PolicyDocument = { Version: "2012-10-17", Statement: [] };
const DESIRED: DesiredAssociation = {
  clusterName: "prod",
  namespace: "team",
  serviceAccount: "app",
  roleArn: ROLE,
  tags: roleTags(OWNER),
};

function association(id: string, more: Partial<PodIdentityAssociation> = {}): PodIdentityAssociation {
  return { ...DESIRED, policy: undefined, associationArn: `${PLACE}/prod/${id}`, ...more };
}

/** EKS with these associations. `refuse` returns the error of a call. */
function eksWith(stored: PodIdentityAssociation[], refuse: (call: string) => Error | undefined = () => undefined) {
  const calls: { call: string; input: Record<string, unknown> }[] = [];
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const call = command.constructor.name.replace("Command", "");
    const { input } = command;
    calls.push({ call, input });
    const error = refuse(call);
    if (error !== undefined) throw error;
    const named = stored.find(({ associationArn }) => associationArn?.endsWith(`/${String(input["associationId"])}`));
    switch (call) {
      case "ListPodIdentityAssociations":
        return {
          associations: stored.filter(
            (each) => each.serviceAccount === input["serviceAccount"] && each.clusterName === input["clusterName"],
          ),
        };
      case "CreatePodIdentityAssociation":
        return { association: { associationArn: `${PLACE}/prod/a-new` } };
      default:
        if (named === undefined) throw iamError("ResourceNotFoundException", 404);
        return { association: named };
    }
  };
  const session = { partition: "aws", accountId: "111122223333", eks: () => ({ send }) } as unknown as AwsSession;
  const client = {
    session,
    region: "eu-central-1",
    owner: OWNER,
    options: { abortSignal: new AbortController().signal },
  };
  return { client, calls, names: () => calls.map(({ call }) => call.replace("PodIdentityAssociation", "")) };
}

describe("observes", () => {
  test("the known association of the ServiceAccount with one call", async () => {
    const { client, names } = eksWith([association("a-1")]);
    const observed = await observeAssociation(client, `${PLACE}/prod/a-1`, DESIRED);
    expect(observed).toEqual({ current: association("a-1"), former: undefined });
    expect(names()).toEqual(["Describe"]);
  });

  test("nothing, without a call, where none is known or desired", async () => {
    const { client, names } = eksWith([association("a-1")]);
    expect(await observeAssociation(client, undefined, undefined)).toEqual({ current: undefined, former: undefined });
    expect(names()).toEqual([]);
  });

  test.each([
    ["another account", PLACE.replace("111122223333", "444455556666")],
    ["another region", PLACE.replace("eu-central-1", "us-east-1")],
    ["another service", PLACE.replace(":eks:", ":iam:")],
    ["another resource", PLACE.replace("podidentityassociation", "cluster")],
  ])("no association that status names in %s", async (_, place) => {
    const { client, names } = eksWith([]);
    await observeAssociation(client, `${place}/prod/a-1`, undefined);
    expect(names()).toEqual([]);
  });

  test.each([
    `${PLACE}/prod/a-1/more`,
    `${PLACE}/prod/..`,
    `${PLACE}/-prod/a-1`,
    `${PLACE}/${"x".repeat(101)}/a-1`,
    "x",
  ])("no association of the ARN %s, which a user may have written", async (arn) => {
    const { client, names } = eksWith([]);
    await observeAssociation(client, arn, undefined);
    expect(names()).toEqual([]);
  });

  test.each([
    ["the owner's", roleTags(OWNER), true],
    ["another owner's", roleTags(OTHER), false],
    ["without an owner", {}, false],
  ])("the association of a former ServiceAccount only if it is the owner's: %s", async (_, tags, isFormer) => {
    const former = association("a-1", { serviceAccount: "before", tags });
    const { client } = eksWith([former, association("a-2")]);
    const observed = await observeAssociation(client, `${PLACE}/prod/a-1`, DESIRED);
    expect(observed).toEqual({ current: association("a-2"), former: isFormer ? former : undefined });
  });

  test("a denial counts in the cluster of the spec only", async () => {
    const denied = (call: string) => (call.startsWith("Describe") ? iamError("AccessDeniedException", 403) : undefined);
    const elsewhere = eksWith([], denied);
    expect(await observeAssociation(elsewhere.client, `${PLACE}/former/a-1`, DESIRED)).toMatchObject({
      former: undefined,
    });
    const here = eksWith([], denied);
    const error = await observeAssociation(here.client, `${PLACE}/prod/a-1`, DESIRED).catch(
      (thrown: unknown) => thrown,
    );
    expect(failureIn(error)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining("eks:DescribePodIdentityAssociation") as string,
    });
  });

  test("nothing in a cluster that does not exist", async () => {
    const { client } = eksWith([], () => iamError("ResourceNotFoundException", 404));
    expect(await findAssociation(client, DESIRED)).toBeUndefined();
  });
});

describe("its part", () => {
  const created: string[] = [];
  const partOf = (
    eks: ReturnType<typeof eksWith>,
    current: PodIdentityAssociation | undefined,
    desired: DesiredAssociation | undefined = DESIRED,
    former?: PodIdentityAssociation,
  ) => associationPart(eks.client, desired, { current, former }, (arn) => created.push(arn));

  test("has no change where all is as declared", () => {
    expect(partOf(eksWith([]), association("a-1")).changes).toEqual([]);
  });

  test.each([
    ["roleArn", { roleArn: `${ROLE}-2` }],
    ["policy", { policy: JSON.stringify(POLICY) }],
    ["disableSessionTags", { disableSessionTags: true }],
    ["targetRoleArn", { targetRoleArn: ROLE }],
  ])("has the change of %s", (path, more) => {
    expect(partOf(eksWith([]), association("a-1", more)).changes.map((change) => change.path)).toEqual([path]);
  });

  test.each([
    ["the owner's", association("a-1"), false],
    [
      "an earlier release's",
      association("a-1", { tags: roleTags({ ...OWNER, kind: "BucketAccess", name: "reader" }) }),
      false,
    ],
    ["another namespace's", association("a-1", { tags: roleTags(OTHER) }), true],
    ["a user's", association("a-1", { tags: {} }), true],
  ])("is blocked by an association that is not the owner's: %s", (_, current, isBlocked) => {
    const { blocked } = partOf(eksWith([]), current);
    expect(blocked?.reason).toBe(isBlocked ? "AssociationNotOwned" : undefined);
    if (isBlocked) expect(blocked?.message).toContain("delete that one, or name another ServiceAccount");
  });

  test("creates one with its policy, and notes its ARN", async () => {
    const eks = eksWith([]);
    await partOf(eks, undefined, { ...DESIRED, policy: POLICY }).write();
    expect(eks.calls).toEqual([
      {
        call: "CreatePodIdentityAssociation",
        input: { ...DESIRED, policy: JSON.stringify(POLICY), disableSessionTags: true },
      },
    ]);
    expect(created).toEqual([`${PLACE}/prod/a-new`]);
  });

  test("waits for one that was created and is not visible yet", async () => {
    const eks = eksWith([], () => iamError("ResourceInUseException", 409));
    const error = await Promise.resolve(partOf(eks, undefined).write()).catch((thrown: unknown) => thrown);
    expect(failureIn(error)).toMatchObject({ reason: "Settling", message: expect.stringContaining("'app'") as string });
  });

  test.each([
    ["the role", association("a-1", { roleArn: `${ROLE}-2` }), {}],
    ["a policy", association("a-1", { policy: "{}", disableSessionTags: true }), { policy: "" }],
    ["a target", association("a-1", { targetRoleArn: ROLE }), { targetRoleArn: "" }],
  ])("updates %s", async (_, current, more) => {
    const eks = eksWith([current]);
    await partOf(eks, current).write();
    const input = { clusterName: "prod", associationId: "a-1", roleArn: ROLE, disableSessionTags: false, ...more };
    expect(eks.calls).toEqual([{ call: "UpdatePodIdentityAssociation", input }]);
  });

  test("deletes the former one, and writes nothing else where nothing differs", async () => {
    const former = association("a-1", { serviceAccount: "before" });
    const eks = eksWith([former]);
    const part = partOf(eks, association("a-2"), DESIRED, former);
    expect(part.changes).toEqual([expect.objectContaining({ path: "[before]", actual: ROLE })]);
    await part.write();
    expect(eks.names()).toEqual(["Delete"]);
    const last = eksWith([]);
    await associationPart(last.client, undefined, { current: undefined, former }, () => {}).write();
    expect(last.names(), "also when it is gone already").toEqual(["Delete"]);
  });

  test.each([
    ["Create", undefined, "iam:PassRole"],
    ["Update", association("a-1", { roleArn: `${ROLE}-2` }), "iam:PassRole"],
    ["Delete", undefined, "eks:DeletePodIdentityAssociation"],
  ])("says what is denied: %s", async (call, current, says) => {
    const former = call === "Delete" ? association("a-9", { serviceAccount: "before" }) : undefined;
    const eks = eksWith([], () => iamError("AccessDeniedException", 403));
    const error = await Promise.resolve(partOf(eks, current, DESIRED, former).write()).catch(
      (thrown: unknown) => thrown,
    );
    expect(failureIn(error)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining(says) as string,
    });
  });
});

describe("removal", () => {
  const remove = async (stored: PodIdentityAssociation[], known: string | undefined, mayRemove = true) => {
    const eks = eksWith(stored);
    await removeAssociation(eks.client, known, DESIRED, async () => mayRemove);
    return eks.calls.filter(({ call }) => call.startsWith("Delete")).map(({ input }) => input["associationId"]);
  };

  test("deletes the owner's associations, the known one and that of the ServiceAccount", async () => {
    const former = association("a-1", { serviceAccount: "before" });
    expect(await remove([former, association("a-2")], `${PLACE}/prod/a-1`)).toEqual(["a-2", "a-1"]);
    expect(await remove([association("a-2")], undefined)).toEqual(["a-2"]);
    expect(await remove([], undefined)).toEqual([]);
  });

  test("deletes none of another owner, and none that it may not", async () => {
    expect(await remove([association("a-2", { tags: roleTags(OTHER) })], undefined)).toEqual([]);
    expect(await remove([association("a-2")], undefined, false)).toEqual([]);
  });
});

describe("the session policy", () => {
  const write = async (stored: PodIdentityAssociation[], policy: PolicyDocument) => {
    const eks = eksWith(stored);
    const found: unknown[] = [];
    await writeSessionPolicy(eks.client, DESIRED, async (before) => {
      found.push(before);
      return policy;
    });
    return { found, written: eks.calls.filter(({ call }) => call.startsWith("Update")).map(({ input }) => input) };
  };
  const narrowed = association("a-1", {
    roleArn: `${ROLE}-2`,
    policy: JSON.stringify(POLICY),
    disableSessionTags: true,
  });

  test("is written where it differs, with the role that the association has", async () => {
    const policy: PolicyDocument = { ...POLICY, Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] };
    const { found, written } = await write([narrowed], policy);
    expect(found).toEqual([narrowed.policy]);
    expect(written).toEqual([
      {
        clusterName: "prod",
        associationId: "a-1",
        roleArn: `${ROLE}-2`,
        disableSessionTags: true,
        policy: JSON.stringify(policy),
      },
    ]);
  });

  test("is not written where it is equal, absent, or another owner's", async () => {
    expect((await write([narrowed], POLICY)).written).toEqual([]);
    expect(await write([], POLICY)).toEqual({ found: [], written: [] });
    expect(await write([{ ...narrowed, tags: {} }], POLICY)).toEqual({ found: [], written: [] });
  });
});
