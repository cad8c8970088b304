import {
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { isReady } from "../../integration/support/expect/states.ts";
import { eventually } from "../../integration/support/expect/wait.ts";
import { POLL_SECONDS } from "../environment.ts";
import { observe } from "../observe.ts";
import type { Stage } from "../stage.ts";
import type { Step } from "./index.ts";

const DRIFT_TABLE = `-o go-template='{{range .status.drift.changes}}{{printf "%-18s %-22s" .setting .path}} wanted {{.desired}}, was {{or .actual "absent"}}{{"\\n"}}{{end}}'`;

export const drift: Step = {
  title: "A user changes the bucket at AWS, and the operator corrects it",
  verifiedBy: "status.drift and two events, with kubectl; the settings, read from AWS",
  async run(stage) {
    const { kubectl, verify, check, person, screen } = stage;
    const name = (await stage.bucket("documents")).status?.bucketName ?? "";
    await screen.during("waiting for a moment between two polls of the operator", () => betweenPolls(stage));
    const began = new Date().toISOString();
    await tamper(person, name);
    screen.say(
      "With the AWS SDK, alex turns off Block Public Access, suspends versioning and removes the tag 'team'. " +
        `In the demo the operator polls AWS every ${POLL_SECONDS} s; the default is 10 minutes.`,
    );
    const found = await verify(
      "The operator has detected and corrected the drift",
      () => stage.bucket("documents"),
      (bucket) => {
        const { lastDetectedTime = "", lastCorrectedTime = "" } = bucket.status?.drift ?? {};
        return isReady(bucket) && lastDetectedTime > began && lastCorrectedTime >= lastDetectedTime;
      },
      "waiting for the next poll of the operator",
    );
    await kubectl(`get s3bucket documents ${DRIFT_TABLE}`);
    const { changes = [] } = found.status?.drift ?? {};
    const drifted = new Set(changes.map(({ setting }) => setting));
    const all = ["publicAccessBlock", "versioning", "tags"].every((setting) => drifted.has(setting));
    check("status.drift lists all three changes, with desired and actual values", all, changes);
    const events = () => stage.read("events --for s3bucket/documents");
    const told = (text: string) => ["DriftDetected", "DriftCorrected"].every((reason) => text.includes(reason));
    await verify("Two events report them: DriftDetected and DriftCorrected", events, told);
    await kubectl("events --for s3bucket/documents");
    const see = () => observe(person, name);
    await verify(
      "AWS: public access is blocked, versioning is on, the tag is back, all else is unchanged",
      see,
      (seen) => {
        const { publicAccessBlocked, versioning, tags, lifecycleRules } = seen;
        const back = versioning === "Enabled" && tags["team"] === "documents";
        return publicAccessBlocked && back && tags["cost-center"] === "4711" && lifecycleRules.length === 3;
      },
    );
  },
};

/** Waits for a moment after which the same poll finds all three changes. */
async function betweenPolls({ simulator, account }: Stage): Promise<void> {
  const lastPoll = () => simulator.calls.all.findLast(({ caller }) => caller === account.callerArn)?.time ?? 0;
  await eventually(lastPoll, (time) => Date.now() - time < (POLL_SECONDS * 1_000) / 2);
}

/** The added tag belongs to alex: the operator does not manage it, and it stays. */
async function tamper(person: S3Client, bucketName: string): Promise<void> {
  const Bucket = bucketName;
  const open = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  await person.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: open }));
  await person.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }));
  const { TagSet = [] } = await person.send(new GetBucketTaggingCommand({ Bucket }));
  const others = TagSet.filter(({ Key }) => Key !== "team");
  const tagging = { TagSet: [...others, { Key: "cost-center", Value: "4711" }] };
  await person.send(new PutBucketTaggingCommand({ Bucket, Tagging: tagging }));
}
