/**
 * Scraped series, one value a minute, and the alerts that they fire. The notation:
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */

export interface AlertCase {
  title: string;
  series: Readonly<Record<string, string>>;
  /** Time of the evaluation, such as "20m". */
  at: string;
  /** The alerts that fire then; no other may. Severity and runbook_url are those of the rule. */
  fires: readonly FiringAlert[];
}

export interface FiringAlert {
  alert: string;
  labels: Readonly<Record<string, string>>;
  summary: string;
  description: string;
}

/** Labels that Prometheus adds, of the Pod that leads and of the one that waits. */
const LEADER = 'job="s3-operator-metrics",instance="10.0.0.1:8080",pod="s3-operator-0",namespace="s3-system"';
const STANDBY = 'job="s3-operator-metrics",instance="10.0.0.2:8080",pod="s3-operator-1",namespace="s3-system"';
/** The namespace of the resource, which replaces that of the Pod. */
const SCRAPE = 'job="s3-operator-metrics",instance="10.0.0.1:8080",pod="s3-operator-0"';
const DOCS = `${SCRAPE},kind="S3Bucket",namespace="team-a",name="docs"`;
const SYSTEM = { namespace: "s3-system" };
const OBJECT = { kind: "S3Bucket", namespace: "team-a", name: "docs" };

/** Two healthy replicas, for longer than any alert looks back. */
const HEALTHY: Record<string, string> = {
  [`s3_operator_build_info{${LEADER}}`]: "1x200",
  [`s3_operator_build_info{${STANDBY}}`]: "1x200",
  [`leader_election_master_status{${LEADER},name="s3-operator"}`]: "1x200",
  [`leader_election_master_status{${STANDBY},name="s3-operator"}`]: "0x200",
  [`reflector_seconds_since_last_event{${LEADER},name="s3buckets"}`]: "30x200",
  [`controller_runtime_reconcile_total{${LEADER},controller="s3bucket",result="success"}`]: "0+10x200",
  [`controller_runtime_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0x200",
  [`controller_runtime_terminal_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0x200",
  [`controller_runtime_reconcile_panics_total{${LEADER},controller="s3bucket"}`]: "0x200",
  [`controller_runtime_reconcile_time_seconds_bucket{${LEADER},controller="s3bucket",le="1"}`]: "0+10x200",
  [`controller_runtime_reconcile_time_seconds_bucket{${LEADER},controller="s3bucket",le="60"}`]: "0+10x200",
  [`controller_runtime_reconcile_time_seconds_bucket{${LEADER},controller="s3bucket",le="+Inf"}`]: "0+10x200",
  [`workqueue_depth{${LEADER},name="s3bucket",priority="edit"}`]: "2x200",
  [`workqueue_depth{${LEADER},name="s3bucket",priority="resync"}`]: "500x200",
  // The standby fills its queue too, for the time when it leads.
  [`workqueue_depth{${STANDBY},name="s3bucket",priority="edit"}`]: "500x200",
  [`workqueue_longest_running_processor_seconds{${LEADER},name="s3bucket"}`]: "60x200",
  [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="GetBucketPolicy",code="200"}`]: "0+100x200",
  [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="GetBucketPolicy",code="404"}`]: "0+100x200",
  [`s3_operator_aws_throttles_total{${LEADER},service="s3"}`]: "0x200",
  [`s3_operator_resource_condition{${DOCS},type="Ready",status="True",reason="Succeeded"}`]: "1x200",
  [`s3_operator_resource_condition{${SCRAPE},kind="AWSAccount",name="prod",type="Ready",status="True",reason="Succeeded"}`]:
    "1x200",
  // Times count from second 0 of a test, so a small value is recent.
  [`s3_operator_last_sync_timestamp_seconds{${DOCS}}`]: "0+60x200",
};

/** The healthy series with these added or replaced; "" removes one. */
const but = (changes: Record<string, string>) =>
  Object.fromEntries(Object.entries({ ...HEALTHY, ...changes }).filter(([, values]) => values !== ""));

const readyFalse = (reason: string) =>
  `s3_operator_resource_condition{${DOCS},type="Ready",status="False",reason="${reason}"}`;
const readyTrue = `s3_operator_resource_condition{${DOCS},type="Ready",status="True",reason="Succeeded"}`;

export const ALERT_CASES: readonly AlertCase[] = [
  { title: "the operator is healthy", series: HEALTHY, at: "180m", fires: [] },
  {
    title: "an upgrade stops the old leader, and the new one gets the lease a minute later",
    series: but({
      [`s3_operator_build_info{${LEADER}}`]: "1x10 _x190",
      [`leader_election_master_status{${LEADER},name="s3-operator"}`]: "1x10 _x190",
      [`leader_election_master_status{${STANDBY},name="s3-operator"}`]: "0x12 1x190",
      [`workqueue_depth{${STANDBY},name="s3bucket",priority="edit"}`]: "500x14 0x190",
    }),
    at: "18m",
    fires: [],
  },
  {
    title: "nothing is scraped",
    series: { [`up{${LEADER}}`]: "0x200" },
    at: "6m",
    fires: [
      {
        alert: "S3OperatorDown",
        labels: {},
        summary: "No s3-operator is running, or Prometheus cannot scrape it",
        description: "Buckets stay as they are, but the operator applies no change and corrects no drift.",
      },
    ],
  },
  {
    title: "no replica gets the lease, while another operator has a leader",
    series: but({
      [`leader_election_master_status{${LEADER},name="s3-operator"}`]: "1x10 0x190",
      'leader_election_master_status{job="other",instance="10.0.0.9:8080",namespace="other",name="other"}': "1x200",
    }),
    at: "17m",
    fires: [
      {
        alert: "S3OperatorNoLeader",
        labels: { ...SYSTEM, name: "s3-operator" },
        summary: "No replica of s3-operator holds the lease s3-operator",
        description: "All replicas wait. They apply no change and correct no drift.",
      },
    ],
  },
  {
    title: "another operator has no leader",
    series: but({
      'leader_election_master_status{job="other",instance="10.0.0.9:8080",namespace="other",name="other"}': "0x200",
    }),
    at: "60m",
    fires: [],
  },
  {
    title: "a watch receives nothing",
    series: but({ [`reflector_seconds_since_last_event{${LEADER},name="s3buckets"}`]: "0+60x200" }),
    at: "15m",
    fires: [
      {
        alert: "S3OperatorWatchSilent",
        labels: { ...SYSTEM, pod: "s3-operator-0", name: "s3buckets" },
        summary: "s3-operator receives no watch events of s3buckets from the API server",
        description: "The last event or bookmark in this watch of s3-operator-0 is 15m 0s old.",
      },
    ],
  },
  {
    title: "three of four reconciles fail",
    series: but({
      [`controller_runtime_reconcile_total{${LEADER},controller="s3bucket",result="error"}`]: "0+30x200",
      [`controller_runtime_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0+30x200",
    }),
    at: "40m",
    fires: [
      {
        alert: "S3OperatorReconcileErrorsHigh",
        labels: { ...SYSTEM, controller: "s3bucket" },
        summary: "Most reconciles of the controller s3bucket fail",
        description: "75% of them ended in an error, which the operator retries.",
      },
    ],
  },
  {
    title: "three of four reconciles end in a terminal failure that a user must resolve",
    series: but({
      [`controller_runtime_reconcile_total{${LEADER},controller="s3bucket",result="error"}`]: "0+30x200",
      [`controller_runtime_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0+30x200",
      [`controller_runtime_terminal_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0+30x200",
    }),
    at: "40m",
    fires: [],
  },
  {
    title: "the only object fails, at most every five minutes",
    series: but({
      [`controller_runtime_reconcile_total{${LEADER},controller="s3bucket",result="success"}`]: "0x200",
      [`controller_runtime_reconcile_total{${LEADER},controller="s3bucket",result="error"}`]: "0 12 12 12+0.2x190",
      [`controller_runtime_reconcile_errors_total{${LEADER},controller="s3bucket"}`]: "0 12 12 12+0.2x190",
    }),
    at: "60m",
    fires: [],
  },
  {
    title: "a reconcile panics",
    series: but({
      [`controller_runtime_reconcile_panics_total{${LEADER},controller="s3bucket"}`]: "0x30 1x170",
    }),
    at: "40m",
    fires: [
      {
        alert: "S3OperatorReconcilePanicked",
        labels: { ...SYSTEM, controller: "s3bucket" },
        summary: "The controller s3bucket hit a bug in s3-operator",
        description: "The operator retries the affected object; other objects are not affected.",
      },
    ],
  },
  {
    title: "half of the reconciles take a minute",
    series: but({
      [`controller_runtime_reconcile_time_seconds_bucket{${LEADER},controller="s3bucket",le="1"}`]: "0+5x200",
      [`controller_runtime_reconcile_time_seconds_bucket{${LEADER},controller="s3bucket",le="60"}`]: "0+10x200",
    }),
    at: "60m",
    fires: [
      {
        alert: "S3OperatorReconcileSlow",
        labels: { ...SYSTEM, controller: "s3bucket" },
        summary: "Reconciles of the controller s3bucket take long",
        description: "10 % of them take more than 48.2s.",
      },
    ],
  },
  {
    title: "edits wait",
    series: but({ [`workqueue_depth{${LEADER},name="s3bucket",priority="edit"}`]: "0+5x10 50x190" }),
    at: "40m",
    fires: [
      {
        alert: "S3OperatorWorkqueueBacklog",
        labels: { ...SYSTEM, name: "s3bucket" },
        summary: "Edits wait in the queue s3bucket of s3-operator",
        description: "50 edited objects have not been reconciled yet.",
      },
    ],
  },
  {
    title: "edits wait where no leader is elected",
    series: but({
      [`leader_election_master_status{${LEADER},name="s3-operator"}`]: "",
      [`leader_election_master_status{${STANDBY},name="s3-operator"}`]: "",
      [`s3_operator_build_info{${STANDBY}}`]: "",
      [`workqueue_depth{${STANDBY},name="s3bucket",priority="edit"}`]: "",
      [`workqueue_depth{${LEADER},name="s3bucket",priority="edit"}`]: "50x200",
    }),
    at: "40m",
    fires: [
      {
        alert: "S3OperatorWorkqueueBacklog",
        labels: { ...SYSTEM, name: "s3bucket" },
        summary: "Edits wait in the queue s3bucket of s3-operator",
        description: "50 edited objects have not been reconciled yet.",
      },
    ],
  },
  {
    title: "a worker hangs",
    series: but({ [`workqueue_longest_running_processor_seconds{${LEADER},name="s3bucket"}`]: "0+60x200" }),
    at: "20m",
    fires: [
      {
        alert: "S3OperatorWorkerStuck",
        labels: { ...SYSTEM, name: "s3bucket" },
        summary: "A worker of the queue s3bucket of s3-operator hangs",
        description:
          "It has worked on the same object for 20m 0s; the operator abandons a reconcile after 125 seconds.",
      },
    ],
  },
  {
    title: "AWS throttles one request in five",
    series: but({
      [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="GetBucketPolicy",code="429"}`]: "0+50x200",
      [`s3_operator_aws_throttles_total{${LEADER},service="s3"}`]: "0+50x200",
    }),
    at: "60m",
    fires: [
      {
        alert: "S3OperatorAWSThrottled",
        labels: { ...SYSTEM, service: "s3" },
        summary: "AWS throttles s3-operator's requests to s3",
        description: "20% of them. The operator has slowed down; it applies everything, but later.",
      },
    ],
  },
  {
    title: "an action is denied and retried",
    series: but({
      [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="PutBucketPolicy",code="403"}`]:
        "_x5 1+0.5x190",
    }),
    at: "40m",
    fires: [
      {
        alert: "S3OperatorAWSAccessDenied",
        labels: { ...SYSTEM, service: "s3", operation: "PutBucketPolicy" },
        summary: "AWS denies s3-operator s3 PutBucketPolicy",
        description:
          "The condition of the S3Bucket, BucketAccess or AWSAccount names the IAM action and the statement to add.",
      },
    ],
  },
  {
    title: "a denied action is allowed soon",
    series: but({
      [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="PutBucketPolicy",code="403"}`]: "0 1 2 2x190",
    }),
    at: "40m",
    fires: [],
  },
  {
    title: "AWS returns server errors or no response",
    series: but({
      [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="GetBucketPolicy",code="500"}`]: "0+100x200",
      [`s3_operator_aws_requests_total{${LEADER},service="s3",operation="GetBucketPolicy",code="TimeoutError"}`]:
        "0+100x200",
    }),
    at: "30m",
    fires: [
      {
        alert: "S3OperatorAWSUnavailable",
        labels: { ...SYSTEM, service: "s3" },
        summary: "AWS does not answer s3-operator's requests to s3",
        description: "50% of them end in a server error, or without an answer.",
      },
    ],
  },
  {
    title: "an account without credentials",
    series: but({
      [`s3_operator_resource_condition{${SCRAPE},kind="AWSAccount",name="prod",type="Ready",status="True",reason="Succeeded"}`]:
        "1x5 _x195",
      [`s3_operator_resource_condition{${SCRAPE},kind="AWSAccount",name="prod",type="Ready",status="False",reason="Credentials"}`]:
        "_x5 1x195",
    }),
    at: "20m",
    fires: [
      {
        alert: "S3OperatorAccountNotReady",
        labels: { name: "prod" },
        summary: "s3-operator cannot work in the AWSAccount prod",
        description: "Nothing is applied or corrected in any bucket of this account.",
      },
    ],
  },
  {
    title: "a bucket does not become Ready, for one reason and then another",
    series: but({
      [readyTrue]: "1x5 _x195",
      [readyFalse("Throttled")]: "_x5 1x10 _x190",
      [readyFalse("AccessDenied")]: "_x15 1x190",
    }),
    at: "25m",
    fires: [
      {
        alert: "S3OperatorResourceNotReady",
        labels: OBJECT,
        summary: "S3Bucket team-a/docs does not become Ready",
        description: "The operator retries. The Ready condition has the cause.",
      },
    ],
  },
  {
    title: "a plan waits for approval",
    series: but({ [readyTrue]: "", [readyFalse("ChangesPlanned")]: "1x200" }),
    at: "60m",
    fires: [],
  },
  {
    title: "a bucket was paused before it was Ready",
    series: but({
      [readyTrue]: "",
      [readyFalse("AccessDenied")]: "1x200",
      [`s3_operator_resource_condition{${DOCS},type="Paused",status="True",reason="Paused"}`]: "1x200",
    }),
    at: "60m",
    fires: [],
  },
  {
    title: "a bucket is Stalled, and only a user can resolve it",
    series: but({
      [readyTrue]: "",
      [readyFalse("BucketNotOwned")]: "1x200",
      [`s3_operator_resource_condition{${DOCS},type="Stalled",status="True",reason="BucketNotOwned"}`]: "1x200",
    }),
    at: "30m",
    fires: [
      {
        alert: "S3OperatorResourceStalled",
        labels: { ...OBJECT, reason: "BucketNotOwned" },
        summary: "S3Bucket team-a/docs is Stalled: BucketNotOwned",
        description: "The message of the Stalled condition says what to change.",
      },
    ],
  },
  {
    title: "a plan waits for its object to be enforced",
    series: but({
      [readyTrue]: "",
      [readyFalse("ChangesPlanned")]: "1x200",
      [`s3_operator_resource_condition{${DOCS},type="Stalled",status="True",reason="ChangesPlanned"}`]: "_x5 1x195",
    }),
    at: "2h",
    fires: [],
  },
  {
    title: "a deletion waits for a user to empty the bucket",
    series: but({
      [readyTrue]: "",
      [readyFalse("BucketNotEmpty")]: "1x200",
      [`s3_operator_resource_deletion_timestamp_seconds{${DOCS}}`]: "600x200",
    }),
    at: "90m",
    fires: [
      {
        alert: "S3OperatorDeletionStuck",
        labels: OBJECT,
        summary: "S3Bucket team-a/docs cannot be deleted",
        description: "Its deletion was requested 1h 20m 0s ago. The Ready condition says what it waits for.",
      },
    ],
  },
  {
    title: "a large bucket is being emptied",
    series: but({
      [readyTrue]: "",
      [readyFalse("EmptyingByLifecycle")]: "1x200",
      [`s3_operator_resource_deletion_timestamp_seconds{${DOCS}}`]: "0x200",
    }),
    at: "180m",
    fires: [],
  },
  {
    title: "another tool changes a setting again and again",
    series: but({ [`s3_operator_drift_detected_total{${LEADER},kind="S3Bucket",setting="cors"}`]: "0+0.1x200" }),
    at: "70m",
    fires: [
      {
        alert: "S3OperatorDriftRepeated",
        labels: { kind: "S3Bucket", setting: "cors" },
        summary: "S3Bucket: cors is changed at AWS repeatedly",
        description: "s3-operator corrects each change. Another tool or person seems to manage the same setting.",
      },
    ],
  },
  {
    title: "drift, undone",
    series: but({ [`s3_operator_drift_detected_total{${LEADER},kind="S3Bucket",setting="cors"}`]: "0x30 1x170" }),
    at: "60m",
    fires: [],
  },
  {
    title: "a bucket is Ready and no longer reconciled",
    series: but({ [`s3_operator_last_sync_timestamp_seconds{${DOCS}}`]: "-100000x200" }),
    at: "30m",
    fires: [
      {
        alert: "S3OperatorSyncOverdue",
        labels: OBJECT,
        summary: "S3Bucket team-a/docs is Ready, but was not compared with AWS for a day",
        description: "It was last in sync 1d 4h 16m 40s ago. Drift since then is unknown.",
      },
    ],
  },
];
