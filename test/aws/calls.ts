/** Log of every call that reached the simulator, including refused and unknown calls. */

/** Starts and ends share one counter. Two calls overlapped if each started before the other ended. */
export interface Call {
  /** Milliseconds of the simulator's clock. */
  time: number;
  /** Account of the credentials; "" when they were not accepted. */
  account: string;
  /** ARN of the credentials; "" when they were not accepted. */
  caller: string;
  service: string;
  region: string;
  method: string;
  /** Of the URL, without the "?". */
  query: string;
  /** API name; "Unknown" for an operation that the simulator does not have. */
  operation: string;
  /** Main IAM action, such as s3:PutLifecycleConfiguration; "" for an unknown operation. */
  action: string;
  /** All IAM actions that the call needs, the main one first. */
  actions: string[];
  write: boolean;
  bucket?: string;
  key?: string;
  startedAt: number;
  /** Absent while the call is in flight. */
  endedAt?: number;
  /** Number of calls in flight when this one started, itself included. */
  inFlight: number;
  /** HTTP status; 0 while in flight, and if the connection was dropped without an answer. */
  status: number;
  errorCode?: string;
}

export interface CallLog {
  /** Oldest first. */
  readonly all: readonly Call[];
  of(bucket: string): Call[];
  writes(): Call[];
  /** Number of calls that need this IAM action, as the main or as a further action. */
  count(action: string): number;
  /** Number of calls for each IAM action that was used. */
  byAction(): Record<string, number>;
  /** The highest number of these calls (default: all) in flight at once. */
  maxInFlight(calls?: readonly Call[]): number;
  clear(): void;
}

/** The part of the log that the server uses. */
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
