import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { AccountPublicAccessBlock, AWSAccount } from "../api/types.ts";
import { type Call, fakeBucket, sdkError } from "../bucket/testing/fake-bucket.ts";
import { awsAccount, target } from "../bucket/testing/fixtures.ts";
import { thrownFailure, thrownOutcome } from "../bucket/testing/thrown.ts";
import type { EventDetail } from "../kube/events.ts";
import { createHistory } from "../reconcile/history.ts";
import { keepPublicAccessBlock } from "./public-access-block.ts";

type Status = NonNullable<AWSAccount["status"]>;

const ON = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const OFF = { blockPublicAcls: false, ignorePublicAcls: false, blockPublicPolicy: false, restrictPublicBuckets: false };
const HALF = { ...ON, blockPublicPolicy: false };

const [GET, PUT, DELETE] = ["Get", "Put", "Delete"].map((verb) => `${verb}PublicAccessBlockCommand`);

interface Case {
  desired?: AccountPublicAccessBlock;
  atAws?: AccountPublicAccessBlock | undefined;
  status?: Status;
  fail?: (call: Call) => void;
  /** Of an older AWSAccount of the same AWS account. */
  older?: AccountPublicAccessBlock;
}

/** An account at AWS, and one look at it. */
function look({ desired, atAws, status = {}, fail = () => undefined, older }: Case) {
  let stored = atAws;
  const { bucket, calls } = fakeBucket((call) => {
    fail(call);
    if (call.command === PUT) stored = lowered(call.input["PublicAccessBlockConfiguration"] as object);
    if (call.command === DELETE) stored = undefined;
    if (call.command !== GET) return {};
    if (stored === undefined) throw sdkError("NoSuchPublicAccessBlockConfiguration", 404);
    return { PublicAccessBlockConfiguration: raised(stored) };
  });
  const events: EventDetail[] = [];
  const onRecord: Status[] = [];
  const draft = structuredClone(status);
  const nothing = () => Promise.resolve();
  const object = awsAccount({ ...(desired && { publicAccessBlock: desired }) });
  const context = {
    key: object.metadata,
    object,
    status: draft,
    signal: new AbortController().signal,
    log: pino({ enabled: false }),
    setCondition: () => undefined,
    progress: async () => void onRecord.push(structuredClone(draft)),
    event: (detail: EventDetail) => void events.push(detail),
    ensureCurrent: nothing,
    ensureFinalizer: nothing,
    removeFinalizer: nothing,
  };
  const session = { ...target().session, s3Control: () => bucket.s3Control };
  const dependencies = { history: createHistory(() => 0, 0), now: () => 0, onDrift: () => undefined } as never;
  const deciding = older && awsAccount({ publicAccessBlock: older }, "older");
  return {
    run: () => keepPublicAccessBlock(dependencies, session, context, deciding),
    status: draft,
    onRecord,
    commands: () => calls.map(({ command }) => command),
    reasons: () => events.map(({ reason }) => reason),
    stored: () => stored,
    calls,
  };
}

const raise = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const rename = (from: object, how: (name: string) => string) =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [how(name), value as boolean]));
const raised = (switches: object) => rename(switches, raise);
const lowered = (switches: object) => rename(switches, lower) as unknown as AccountPublicAccessBlock;

describe("declared", () => {
  test("and so at AWS: one look, and it is not ours", async () => {
    const { run, commands, status, calls } = look({ desired: HALF, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET]);
    expect(calls[0]?.input).toEqual({ AccountId: "111122223333" });
    expect(status).toEqual({ publicAccessBlock: HALF });
  });

  test("all off, and nothing at AWS, is the same", async () => {
    const { run, commands } = look({ desired: OFF, atAws: undefined });
    await run();
    expect(commands()).toEqual([GET]);
  });

  test("and another at AWS: all four are written, on record before that, and read back", async () => {
    const { run, commands, status, onRecord, stored, reasons } = look({ desired: ON, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET, PUT, GET]);
    expect(onRecord[0]?.appliedPublicAccessBlock).toEqual(ON);
    expect(stored()).toEqual(ON);
    expect(status).toEqual({ publicAccessBlock: ON, appliedPublicAccessBlock: ON });
    expect(reasons(), "news of ours is no drift").toEqual([]);
  });

  test("and written: a switch that a later S3 may have stays as it is", async () => {
    const { run, stored } = look({ desired: ON, atAws: { ...HALF, blockTomorrow: true } as never });
    await run();
    expect(stored()).toEqual({ ...ON, blockTomorrow: true });
  });

  test("and changed since the last look: drift, told of before and after", async () => {
    const { run, reasons, stored } = look({ desired: ON, atAws: HALF, status: { publicAccessBlock: ON } });
    await run();
    expect(reasons()).toEqual(["DriftDetected", "DriftCorrected"]);
    expect(stored()).toEqual(ON);
  });

  test("and not yet to be seen: looked at again", async () => {
    const fail = ({ command, input }: Call) => {
      if (command === PUT) input["PublicAccessBlockConfiguration"] = raised(HALF);
    };
    expect(await thrownOutcome(look({ desired: ON, fail }).run)).toMatchObject({ kind: "again", reason: "Settling" });
  });
});

function denying(command: string | undefined, message: string): (call: Call) => void {
  return (call) => {
    if (call.command === command) throw Object.assign(sdkError("AccessDenied", 403), { message });
  };
}

const NOT_ALLOWED =
  "User: arn:aws:sts::111122223333:assumed-role/organization-tools/s is not authorized to perform: s3:PutAccountPublicAccessBlock because no identity-based policy allows the s3:PutAccountPublicAccessBlock action";

describe("refused", () => {
  test.each([
    "The public access block configuration is managed by your organization's S3 policy.",
    "User: arn:aws:sts::111122223333:assumed-role/op/s is not authorized to perform: s3:PutAccountPublicAccessBlock with an explicit deny in a service control policy",
  ])("by the organization: for a person, and not ours: %s", async (message) => {
    const { run, status } = look({ desired: ON, fail: denying(PUT, message) });
    expect(await thrownOutcome(run)).toMatchObject({
      terminal: true,
      reason: "ManagedByOrganization",
    });
    expect(status).toEqual({ publicAccessBlock: OFF });
  });

  test("for want of a right, whatever the role is called", async () => {
    const { run, status } = look({ desired: ON, fail: denying(PUT, NOT_ALLOWED) });
    const { reason, message } = await thrownFailure(run);
    expect(reason).toBe("AccessDenied");
    expect(message).toContain(`"Action":"s3:PutAccountPublicAccessBlock"`);
    expect(status.appliedPublicAccessBlock).toBeUndefined();
  });

  test("to look", async () => {
    const { run } = look({ desired: ON, fail: denying(GET, "Access Denied") });
    expect((await thrownFailure(run)).message).toContain("s3:GetAccountPublicAccessBlock");
  });

  test("an answer that is lost leaves it on record as ours", async () => {
    const fail = ({ command }: Call) => {
      if (command === PUT) throw Object.assign(new Error("reset"), { name: "TimeoutError", $metadata: {} });
    };
    const { run, status } = look({ desired: ON, fail });
    expect((await thrownFailure(run)).reason).toBe("Unavailable");
    expect(status.appliedPublicAccessBlock).toEqual(ON);
  });
});

describe("not declared", () => {
  test("and never ours: AWS is not asked", async () => {
    const { run, commands } = look({ atAws: HALF, status: { publicAccessBlock: HALF } });
    await run();
    expect(commands()).toEqual([]);
  });

  test("any more: what the operator wrote goes", async () => {
    const { run, commands, status, stored } = look({
      atAws: ON,
      status: { publicAccessBlock: ON, appliedPublicAccessBlock: ON },
    });
    await run();
    expect(commands()).toEqual([GET, DELETE]);
    expect(stored()).toBeUndefined();
    expect(status).toEqual({});
  });

  test("any more, and nothing is there: nothing is deleted", async () => {
    const { run, commands } = look({ status: { appliedPublicAccessBlock: OFF } });
    await run();
    expect(commands()).toEqual([GET]);
  });

  test("any more: what somebody has changed since stays", async () => {
    const { run, commands, status } = look({ atAws: HALF, status: { appliedPublicAccessBlock: ON } });
    await run();
    expect(commands()).toEqual([GET]);
    expect(status).toEqual({});
  });

  test("any more, and the organization decides now: forgotten", async () => {
    const fail = denying(DELETE, "The public access block configuration is managed by your organization's S3 policy.");
    const { run, status } = look({ atAws: ON, status: { appliedPublicAccessBlock: ON }, fail });
    await run();
    expect(status).toEqual({});
  });

  test("any more, and it may not be removed: ours until it can be", async () => {
    const { run, status } = look({
      atAws: ON,
      status: { appliedPublicAccessBlock: ON },
      fail: denying(DELETE, NOT_ALLOWED),
    });
    expect((await thrownFailure(run)).reason).toBe("AccessDenied");
    expect(status.appliedPublicAccessBlock).toEqual(ON);
  });
});

describe("an older AWSAccount of the AWS account declares", () => {
  test("another: for a person, who is told which and what, and nothing is asked or written", async () => {
    const status = { publicAccessBlock: ON, appliedPublicAccessBlock: ON };
    const { run, commands, ...conflict } = look({ desired: ON, older: HALF, atAws: HALF, status });
    const stop = await thrownOutcome(run);
    expect(stop).toMatchObject({ terminal: true, reason: "PublicAccessBlockConflict" });
    expect(stop).toHaveProperty("message", expect.stringContaining("AWSAccount 'older' is older"));
    expect(stop).toHaveProperty("message", expect.stringContaining("blockPublicPolicy is false, not true"));
    expect(commands()).toEqual([]);
    expect(conflict.status, "what the older one overwrites is not ours to remove later").toEqual({});
  });

  test("the same: kept by both", async () => {
    const { run, commands, stored } = look({ desired: ON, older: ON, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET, PUT, GET]);
    expect(stored()).toEqual(ON);
  });

  test("the same, and this one no longer: what the operator wrote stays, and stays on record", async () => {
    const status = { publicAccessBlock: ON, appliedPublicAccessBlock: ON };
    const { run, commands, ...left } = look({ older: ON, atAws: ON, status });
    await run();
    expect(commands()).toEqual([]);
    expect(left.status).toEqual({ appliedPublicAccessBlock: ON });
  });
});
