import { describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import type { KubeObject, ManagedFields } from "../../kube/object.ts";
import { failureIn } from "../../reconcile/outcome.ts";
import { bucketAccess } from "../testing/objects.ts";
import { releaseServiceAccount, ROLE_ARN_ANNOTATION, serviceAccountPart } from "./service-account.ts";

const { signal } = new AbortController();
const ROLE = "arn:aws:iam::111122223333:role/app";
const THEIRS = "arn:aws:iam::111122223333:role/theirs";
const MARK = "s3-operator.io/role-arn";
const BOTH = { [ROLE_ARN_ANNOTATION]: ROLE, [MARK]: ROLE };

const reader = bucketAccess();
const writer = bucketAccess({}, { name: "writer" });

function serviceAccount(annotations: Record<string, string> = {}, ...appliers: string[]): KubeObject {
  const fieldsV1 = { "f:metadata": { "f:annotations": { [`f:${ROLE_ARN_ANNOTATION}`]: {} } } };
  const managedFields = appliers.map((manager): ManagedFields => ({ manager, operation: "Apply", fieldsV1 }));
  const metadata = { namespace: "team", name: "app", uid: "uid-sa", resourceVersion: "7", annotations, managedFields };
  return { apiVersion: "v1", kind: "ServiceAccount", metadata };
}

interface Calls {
  applied: { metadata: KubeObject["metadata"]; fieldManager: string; force: boolean | undefined }[];
  patched: unknown[];
}

/** A client that finds `found`, and after a release `left`. */
function clientWith(found: KubeObject, left: KubeObject = found): { client: KubeClient; calls: Calls } {
  const calls: Calls = { applied: [], patched: [] };
  const client: Partial<KubeClient> = {
    get: () => Promise.resolve(found as never),
    apply: async (_resource, { metadata }, { fieldManager, force }) => {
      calls.applied.push({ metadata, fieldManager, force });
      return left as never;
    },
    mergePatch: async (_resource, _key, patch) => {
      calls.patched.push(patch);
      return left as never;
    },
  };
  return { client: client as KubeClient, calls };
}

/** The manager under which the access writes. */
async function managerOf(access: typeof reader): Promise<string> {
  const { client, calls } = clientWith(serviceAccount());
  await serviceAccountPart(client, access, serviceAccount(), ROLE, signal).write();
  return calls.applied[0]?.fieldManager ?? "";
}

const changes = (found: KubeObject, access = reader) =>
  serviceAccountPart({} as KubeClient, access, found, ROLE, signal).changes.map(({ path }) => path);

describe("serviceAccountPart", () => {
  test("each BucketAccess has a field manager by its name, which the API server accepts", async () => {
    expect(await managerOf(reader)).toMatch(/^s3-operator-access-[0-9a-f]{12}$/);
    expect(await managerOf(bucketAccess({}, { uid: "uid-after-a-restore" }))).toBe(await managerOf(reader));
    expect(await managerOf(writer)).not.toBe(await managerOf(reader));
  });

  test("writes until the annotation and its field manager are there", async () => {
    const path = `annotations[${ROLE_ARN_ANNOTATION}]`;
    expect(changes(serviceAccount())).toEqual([path]);
    expect(changes(serviceAccount({ [ROLE_ARN_ANNOTATION]: ROLE }, "s3-operator-uid"))).toEqual([
      `annotations[${MARK}]`,
      `${path}.fieldManager`,
    ]);
    expect(changes(serviceAccount(BOTH))).toEqual([`${path}.fieldManager`]);
    expect(changes(serviceAccount(BOTH, await managerOf(writer)))).toEqual([`${path}.fieldManager`]);
    expect(changes(serviceAccount(BOTH, await managerOf(writer), await managerOf(reader)))).toEqual([]);
  });

  test("does not become an owner of the right value that another client set", () => {
    expect(changes(serviceAccount({ [ROLE_ARN_ANNOTATION]: ROLE }, "argocd"))).toEqual([]);
  });

  test("overwrites only a value that the operator set, and no newer version of the ServiceAccount", async () => {
    const write = async (found: KubeObject) => {
      const { client, calls } = clientWith(found);
      await serviceAccountPart(client, reader, found, ROLE, signal).write();
      return [calls.applied[0]?.force, calls.applied[0]?.metadata.resourceVersion];
    };
    const restored = serviceAccount({ [ROLE_ARN_ANNOTATION]: THEIRS, [MARK]: THEIRS });
    expect(await write(restored)).toEqual([true, "7"]);
    expect(await write(serviceAccount({ [ROLE_ARN_ANNOTATION]: THEIRS }, await managerOf(writer)))).toEqual([
      true,
      "7",
    ]);
    expect(await write(serviceAccount({ [ROLE_ARN_ANNOTATION]: THEIRS, [MARK]: ROLE }))).toEqual([false, undefined]);
    expect(await write(serviceAccount({ [ROLE_ARN_ANNOTATION]: THEIRS }))).toEqual([false, undefined]);
  });

  test("reports the value of another client", async () => {
    const found = serviceAccount({ [ROLE_ARN_ANNOTATION]: THEIRS });
    const conflict = new KubeError("apply serviceaccounts team/app", 409, "Conflict", 'conflict with "kubectl"');
    const client = { apply: () => Promise.reject(conflict) } as unknown as KubeClient;
    const error: unknown = await serviceAccountPart(client, reader, found, ROLE, signal)
      .write()
      .catch((thrown: unknown) => thrown);
    expect(failureIn(error)?.reason).toBe("ServiceAccountNotOwned");
  });

  test("has a name of its own for each of several ServiceAccounts", () => {
    const several = bucketAccess({ serviceAccountRefs: [{ name: "app" }, { name: "job" }] });
    const named = (access: typeof reader) =>
      serviceAccountPart({} as KubeClient, access, serviceAccount(), ROLE, signal).name;
    expect(named(reader)).toBe("serviceAccount");
    expect(named(several)).toBe("serviceAccount[app]");
  });
});

describe("releaseServiceAccount", () => {
  const release = async (found: KubeObject, left?: KubeObject) => {
    const { client, calls } = clientWith(found, left);
    await releaseServiceAccount(client, reader, "app", signal);
    return calls;
  };

  test("gives up its ownership, without a write where there is no annotation", async () => {
    const { applied, patched } = await release(serviceAccount(BOTH, await managerOf(reader)), serviceAccount());
    expect(applied).toMatchObject([{ fieldManager: await managerOf(reader) }]);
    expect(applied[0]?.metadata).not.toHaveProperty("annotations");
    expect(patched).toEqual([]);
    expect((await release(serviceAccount())).applied).toEqual([]);
  });

  test("leaves the annotation while another BucketAccess owns it", async () => {
    const left = serviceAccount(BOTH, await managerOf(writer));
    expect(
      (await release(serviceAccount(BOTH, await managerOf(reader), await managerOf(writer)), left)).patched,
    ).toEqual([]);
  });

  test("removes what a restore from a backup left with another owner", async () => {
    const { patched } = await release(serviceAccount(BOTH), serviceAccount(BOTH));
    expect(patched).toEqual([
      { metadata: { uid: "uid-sa", resourceVersion: "7", annotations: { [ROLE_ARN_ANNOTATION]: null, [MARK]: null } } },
    ]);
  });

  test("leaves the value of another client", async () => {
    for (const annotations of [{ [ROLE_ARN_ANNOTATION]: ROLE }, { [ROLE_ARN_ANNOTATION]: THEIRS, [MARK]: ROLE }]) {
      expect((await release(serviceAccount(annotations))).patched).toEqual([]);
    }
  });
});
