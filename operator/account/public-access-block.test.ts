import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { AccountPublicAccessBlock, AWSAccount } from "../api/types.ts";
import { fakeBucket, sdkError, type Call } from "../bucket/testing/fake-bucket.ts";
import { awsAccount, target } from "../bucket/testing/fixtures.ts";
import { thrownFailure, thrownOutcome } from "../bucket/testing/thrown.ts";
import type { EventDetail } from "../kube/events.ts";
import { createHistory, type History } from "../reconcile/history.ts";
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
  /** Declared by an older AWSAccount of the same AWS account. */
  older?: AccountPublicAccessBlock;
  history?: History;
}

/** An AWS account, and one reconcile of its Block Public Access. */
function setUp({
  desired,
  atAws,
  status = {},
  fail = () => undefined,
  older,
  history = createHistory(() => 0, 0),
}: Case) {
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
  const recorded: Status[] = [];
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
    progress: async () => void recorded.push(structuredClone(draft)),
    event: (detail: EventDetail) => void events.push(detail),
    ensureCurrent: nothing,
    ensureFinalizer: nothing,
    removeFinalizer: nothing,
  };
  const session = { ...target().session, s3Control: () => bucket.s3Control };
  const dependencies = { history, now: () => 0, onDrift: () => undefined } as never;
  const deciding = older && awsAccount({ publicAccessBlock: older }, "older");
  return {
    run: () => keepPublicAccessBlock(dependencies, session, context, deciding),
    status: draft,
    recorded,
    commands: () => calls.map(({ command }) => command),
    reasons: () => events.map(({ reason }) => reason),
    stored: () => stored,
    calls,
  };
}

const raise = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const rename = (from: object, convert: (name: string) => string) =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [convert(name), value as boolean]));
const raised = (switches: object) => rename(switches, raise);
const lowered = (switches: object) => rename(switches, lower) as unknown as AccountPublicAccessBlock;

describe("keepPublicAccessBlock with a declared value", () => {
  test("only reads, and records nothing as applied, when AWS has that value", async () => {
    const { run, commands, status, calls } = setUp({ desired: HALF, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET]);
    expect(calls[0]?.input).toEqual({ AccountId: "111122223333" });
    expect(status).toEqual({ publicAccessBlock: HALF });
  });

  test("treats a missing configuration at AWS as all switches off", async () => {
    const { run, commands } = setUp({ desired: OFF, atAws: undefined });
    await run();
    expect(commands()).toEqual([GET]);
  });

  test("records and writes all four switches, and reads them back, when AWS has another value", async () => {
    const { run, commands, status, recorded, stored, reasons } = setUp({ desired: ON, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET, PUT, GET]);
    expect(recorded[0]?.appliedPublicAccessBlock).toEqual(ON);
    expect(stored()).toEqual(ON);
    expect(status).toEqual({ publicAccessBlock: ON, appliedPublicAccessBlock: ON });
    expect(reasons(), "a new declaration is not drift").toEqual([]);
  });

  test("keeps a switch that it does not know", async () => {
    const { run, stored } = setUp({ desired: ON, atAws: { ...HALF, blockTomorrow: true } as never });
    await run();
    expect(stored()).toEqual({ ...ON, blockTomorrow: true });
  });

  test("emits events for drift and its correction when the value at AWS has changed", async () => {
    const { run, reasons, stored } = setUp({ desired: ON, atAws: HALF, status: { publicAccessBlock: ON } });
    await run();
    expect(reasons()).toEqual(["DriftDetected", "DriftCorrected"]);
    expect(stored()).toEqual(ON);
  });

  test("is rechecked soon while AWS does not show the write", async () => {
    const fail = ({ command, input }: Call) => {
      if (command === PUT) input["PublicAccessBlockConfiguration"] = raised(HALF);
    };
    expect(await thrownOutcome(setUp({ desired: ON, fail }).run)).toMatchObject({ kind: "again", reason: "Settling" });
  });
});

function denying(command: string | undefined, message: string): (call: Call) => void {
  return (call) => {
    if (call.command === command) throw Object.assign(sdkError("AccessDenied", 403), { message });
  };
}

const NOT_ALLOWED =
  "User: arn:aws:sts::111122223333:assumed-role/organization-tools/s is not authorized to perform: s3:PutAccountPublicAccessBlock because no identity-based policy allows the s3:PutAccountPublicAccessBlock action";

describe("keepPublicAccessBlock when a call fails", () => {
  test.each([
    "The public access block configuration is managed by your organization's S3 policy.",
    "User: arn:aws:sts::111122223333:assumed-role/op/s is not authorized to perform: s3:PutAccountPublicAccessBlock with an explicit deny in a service control policy",
  ])("stalls and records nothing as applied when the organization decides: %s", async (message) => {
    const { run, status } = setUp({ desired: ON, fail: denying(PUT, message) });
    expect(await thrownOutcome(run)).toMatchObject({
      terminal: true,
      reason: "ManagedByOrganization",
    });
    expect(status).toEqual({ publicAccessBlock: OFF });
  });

  test("names the missing action, even if the name of the role contains 'organization'", async () => {
    const { run, status } = setUp({ desired: ON, fail: denying(PUT, NOT_ALLOWED) });
    const { reason, message } = await thrownFailure(run);
    expect(reason).toBe("AccessDenied");
    expect(message).toContain(`"Action":"s3:PutAccountPublicAccessBlock"`);
    expect(status.appliedPublicAccessBlock).toBeUndefined();
  });

  test("names the missing action of the read", async () => {
    const { run } = setUp({ desired: ON, fail: denying(GET, "Access Denied") });
    expect((await thrownFailure(run)).message).toContain("s3:GetAccountPublicAccessBlock");
  });

  test("keeps the value recorded as applied when the answer to the write is lost", async () => {
    const fail = ({ command }: Call) => {
      if (command === PUT) throw Object.assign(new Error("reset"), { name: "TimeoutError", $metadata: {} });
    };
    const { run, status } = setUp({ desired: ON, fail });
    expect((await thrownFailure(run)).reason).toBe("Unavailable");
    expect(status.appliedPublicAccessBlock).toEqual(ON);
  });
});

describe("keepPublicAccessBlock without a declared value", () => {
  test("makes no call to AWS when the operator has applied nothing", async () => {
    const { run, commands } = setUp({ atAws: HALF, status: { publicAccessBlock: HALF } });
    await run();
    expect(commands()).toEqual([]);
  });

  test("deletes what the operator wrote", async () => {
    const { run, commands, status, stored } = setUp({
      atAws: ON,
      status: { publicAccessBlock: ON, appliedPublicAccessBlock: ON },
    });
    await run();
    expect(commands()).toEqual([GET, DELETE]);
    expect(stored()).toBeUndefined();
    expect(status).toEqual({});
  });

  test("forgets its write, so that the same value is written at once when it is declared again", async () => {
    const history = createHistory(() => 0, 90_000);
    const first = setUp({ desired: ON, history });
    await first.run();
    await setUp({ atAws: ON, status: first.status, history }).run();
    const again = setUp({ desired: ON, history });
    await again.run();
    expect(again.stored()).toEqual(ON);
  });

  test("deletes nothing when AWS has no configuration", async () => {
    const { run, commands } = setUp({ status: { appliedPublicAccessBlock: OFF } });
    await run();
    expect(commands()).toEqual([GET]);
  });

  test("keeps a value that another user has changed since", async () => {
    const { run, commands, status } = setUp({ atAws: HALF, status: { appliedPublicAccessBlock: ON } });
    await run();
    expect(commands()).toEqual([GET]);
    expect(status).toEqual({});
  });

  test("removes the record when the organization decides now", async () => {
    const fail = denying(DELETE, "The public access block configuration is managed by your organization's S3 policy.");
    const { run, status } = setUp({ atAws: ON, status: { appliedPublicAccessBlock: ON }, fail });
    await run();
    expect(status).toEqual({});
  });

  test("keeps the record while the deletion is denied", async () => {
    const { run, status } = setUp({
      atAws: ON,
      status: { appliedPublicAccessBlock: ON },
      fail: denying(DELETE, NOT_ALLOWED),
    });
    expect((await thrownFailure(run)).reason).toBe("AccessDenied");
    expect(status.appliedPublicAccessBlock).toEqual(ON);
  });
});

describe("keepPublicAccessBlock when an older AWSAccount of the AWS account declares", () => {
  test("another value: stalls, names the AWSAccount and the difference, and makes no call to AWS", async () => {
    const status = { publicAccessBlock: ON, appliedPublicAccessBlock: ON };
    const { run, commands, ...conflict } = setUp({ desired: ON, older: HALF, atAws: HALF, status });
    const stop = await thrownOutcome(run);
    expect(stop).toMatchObject({ terminal: true, reason: "PublicAccessBlockConflict" });
    expect(stop).toHaveProperty("message", expect.stringContaining("AWSAccount 'older' is older"));
    expect(stop).toHaveProperty("message", expect.stringContaining("blockPublicPolicy is false, not true"));
    expect(commands()).toEqual([]);
    expect(conflict.status, "what the older one overwrites is not ours to remove later").toEqual({});
  });

  test("the same value: writes it", async () => {
    const { run, commands, stored } = setUp({ desired: ON, older: ON, atAws: HALF });
    await run();
    expect(commands()).toEqual([GET, PUT, GET]);
    expect(stored()).toEqual(ON);
  });

  test("the value that this one no longer declares: keeps it at AWS and on record", async () => {
    const status = { publicAccessBlock: ON, appliedPublicAccessBlock: ON };
    const { run, commands, ...left } = setUp({ older: ON, atAws: ON, status });
    await run();
    expect(commands()).toEqual([]);
    expect(left.status).toEqual({ appliedPublicAccessBlock: ON });
  });

  test("another one for a while: the write is repeated as soon as this AWSAccount decides again", async () => {
    const history = createHistory(() => 0, 90_000);
    await setUp({ desired: ON, atAws: HALF, history }).run();
    await thrownOutcome(setUp({ desired: ON, older: HALF, history }).run);
    const again = setUp({ desired: ON, atAws: HALF, history });
    await again.run();
    expect(again.stored()).toEqual(ON);
  });
});
