import type { IAMClient } from "@aws-sdk/client-iam";
import type { RoleClient } from "../workload/role/role-client.ts";

export interface FakeRole {
  client: RoleClient;
  /** Names of operations and what they were called with, without the name of the role. */
  calls: [operation: string, input: Record<string, unknown>][];
}

interface Command {
  constructor: { name: string };
  input: Record<string, unknown>;
}

const ROLE = "app";

/** A client of the role `app`. An answer that is an Error is thrown. */
export function fakeRole(answer: (operation: string, input: Command["input"]) => unknown = () => ({})): FakeRole {
  const calls: FakeRole["calls"] = [];
  const send = async ({ constructor: { name }, input: { RoleName, ...input } }: Command) => {
    if (RoleName !== ROLE) throw new Error(`${name} of another role: ${String(RoleName)}`);
    const operation = name.replace(/Command$/, "");
    calls.push([operation, input]);
    const given = answer(operation, input);
    if (given instanceof Error) throw given;
    return given;
  };
  const client = {
    iam: { send } as unknown as IAMClient,
    ref: { RoleName: ROLE },
    arn: `arn:aws:iam::111122223333:role/${ROLE}`,
    options: { abortSignal: new AbortController().signal },
  };
  return { client, calls };
}
