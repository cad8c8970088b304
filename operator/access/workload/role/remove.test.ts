import { expect, test } from "vitest";
import type { RoleOwner } from "../../../api/ownership.ts";
import { iamError } from "../../../aws/testing/sdk-errors.ts";
import { createHistory } from "../../../reconcile/history.ts";
import { failureIn } from "../../../reconcile/outcome.ts";
import { fakeRole } from "../../testing/role-client.ts";
import { roleKeyOf } from "../memory.ts";
import { creationOf } from "./create.ts";
import { creationKeyOf } from "./own-role.ts";
import { deleteRole, removeRole, waitForNewRole } from "./remove.ts";

const OWNER: RoleOwner = { cluster: "prod", kind: "ServiceAccount", namespace: "team", name: "app" };

/** IAM's lists, in pages of one. */
function lists(inline: readonly string[], attached: readonly string[]) {
  return (operation: string, { Marker = "0" }: { Marker?: string }) => {
    const at = Number(Marker);
    const more = (all: readonly string[]) => (at + 1 < all.length ? { Marker: String(at + 1) } : {});
    if (operation === "ListRolePolicies") return { PolicyNames: inline.slice(at, at + 1), ...more(inline) };
    if (operation === "ListAttachedRolePolicies") {
      const page = attached.slice(at, at + 1).map((PolicyArn) => ({ PolicyArn }));
      return { AttachedPolicies: page, ...more(attached) };
    }
    return {};
  };
}

const writes = ({ calls }: ReturnType<typeof fakeRole>) => calls.filter(([operation]) => !operation.startsWith("List"));

test("all policies go, also one that the list does not show yet, and then the role", async () => {
  const recorded = fakeRole(lists(["docs", "media"], ["arn:one", "arn:two"]));
  await deleteRole(recorded.client, ["new", "docs"]);
  expect(writes(recorded)).toEqual([
    ["DeleteRolePolicy", { PolicyName: "new" }],
    ["DeleteRolePolicy", { PolicyName: "docs" }],
    ["DeleteRolePolicy", { PolicyName: "media" }],
    ["DetachRolePolicy", { PolicyArn: "arn:one" }],
    ["DetachRolePolicy", { PolicyArn: "arn:two" }],
    ["DeleteRole", {}],
  ]);
});

test("a role that is gone is no failure, and a denial names the action", async () => {
  await deleteRole(fakeRole(() => iamError("NoSuchEntity", 404)).client, ["docs"]);
  const actions = [
    "ListRolePolicies",
    "ListAttachedRolePolicies",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "DeleteRole",
  ];
  for (const denied of actions) {
    const answer = lists(["docs"], ["arn:one"]);
    const { client } = fakeRole((operation, input) =>
      operation === denied ? iamError("AccessDenied", 403) : answer(operation, input),
    );
    const error = await deleteRole(client).catch((thrown: unknown) => thrown);
    expect(failureIn(error)).toMatchObject({
      reason: "AccessDenied",
      message: expect.stringContaining(`iam:${denied}`) as string,
    });
  }
});

test("a role that was just created is waited for, until it is removed", async () => {
  let now = 0;
  const history = createHistory(() => now, 90_000);
  const { client } = fakeRole(lists([], []));
  expect(() => waitForNewRole(client, OWNER, history)).not.toThrow();
  history.wrote(creationKeyOf(OWNER), creationOf("app"));
  const write = { name: "trust", desired: "x", changes: [] };
  history.wrote(roleKeyOf(OWNER), write);
  expect(() => waitForNewRole(client, OWNER, history)).toThrow(/Waiting until IAM shows role '.*role\/app'/);

  now = 90_000;
  expect(() => waitForNewRole(client, OWNER, history)).not.toThrow();
  now = 0;
  await removeRole(client, OWNER, "docs", history);
  expect(() => waitForNewRole(client, OWNER, history)).not.toThrow();
  expect(history.judge(roleKeyOf(OWNER), write)).toBe("Write");
});
