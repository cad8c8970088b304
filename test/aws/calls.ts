/** The log of every call that reached the simulator, refused and unknown ones included. */

/** Starts and ends share one counter, so that overlap can be read off: a and b overlap if each starts before the other ends. */
export interface Call {
  /** Milliseconds, by the simulator's clock. */
  time: number;
  /** Account of the credentials; "" when they were not accepted. */
  account: string;
  /** ARN of the credentials; "" when they were not accepted. */
  caller: string;
  service: string;
  region: string;
  method: string;
  /** API name; "Unknown" when the simulator knows no such operation. */
  operation: string;
  /** Main IAM action, such as s3:PutLifecycleConfiguration; "" for an unknown operation. */
  action: string;
  /** All IAM actions that the call takes, the main one first. */
  actions: string[];
  write: boolean;
  bucket?: string;
  key?: string;
  startedAt: number;
  /** Absent while the call is under way. */
  endedAt?: number;
  /** Calls under way when this one started, itself included. */
  inFlight: number;
  /** HTTP status; 0 while under way, and when the connection was dropped without an answer. */
  status: number;
  errorCode?: string;
}

export interface CallLog {
  /** Oldest first. */
  readonly all: readonly Call[];
  of(bucket: string): Call[];
  writes(): Call[];
  /** Calls that take this IAM action, as their main one or besides. */
  count(action: string): number;
  /** Number of calls for each IAM action that was used. */
  byAction(): Record<string, number>;
  /** The most calls that were under way at once, among these (default: all). */
  maxInFlight(calls?: readonly Call[]): number;
  clear(): void;
}

/** The server's side of the log. */
export interface CallRecorder extends CallLog {
  begin(call: Omit<Call, "startedAt" | "inFlight" | "status">): Call;
  end(call: Call, status: number, errorCode?: string): void;
}

export function callLog(): CallRecorder {
  let calls: Call[] = [];
  let sequence = 0;
  let inFlight = 0;
  return {
    get all() {
      return calls;
    },
    of: (bucket) => calls.filter((call) => call.bucket === bucket),
    writes: () => calls.filter((call) => call.write),
    count: (action) => calls.filter((call) => call.actions.includes(action)).length,
    byAction: () => countEach(calls.flatMap((call) => call.actions)),
    maxInFlight: (among = calls) => mostAtOnce(among),
    clear: () => {
      calls = [];
    },
    begin: (fields) => {
      const call: Call = { ...fields, startedAt: ++sequence, inFlight: ++inFlight, status: 0 };
      calls.push(call);
      return call;
    },
    end: (call, status, errorCode) => {
      inFlight -= 1;
      call.endedAt = ++sequence;
      call.status = status;
      if (errorCode !== undefined) call.errorCode = errorCode;
    },
  };
}

function countEach(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function mostAtOnce(calls: readonly Call[]): number {
  const overlapping = (at: number) =>
    calls.filter((call) => call.startedAt <= at && (call.endedAt ?? Infinity) >= at).length;
  return Math.max(0, ...calls.map((call) => overlapping(call.startedAt)));
}
