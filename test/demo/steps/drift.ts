import {
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { eventually } from "../../integration/support/expect/wait.ts";
import { isReady } from "../../integration/support/expect/states.ts";
import { POLL_SECONDS } from "../environment.ts";
import { look } from "../look.ts";
import type { Stage } from "../stage.ts";
import type { Step } from "./index.ts";

const DRIFT_TABLE = `-o go-template='{{range .status.drift.changes}}{{printf "%-18s %-22s" .setting .path}} wanted {{.desired}}, was {{or .actual "absent"}}{{"\\n"}}{{end}}'`;

export const drift: Step = {
  title: "Somebody changes the bucket at AWS, past Kubernetes",
  verifiedBy: "status.drift and two events by kubectl; the settings read from AWS",
  async run(stage) {
    const { kubectl, verify, check, person, screen } = stage;
    const name = (await stage.bucket("documents")).status?.bucketName ?? "";
    await screen.during("waiting for a moment between two looks of the operator", () => betweenLooks(stage));
    const began = new Date().toISOString();
    await meddle(person, name);
    screen.say(
      "With the AWS SDK, alex lets the public in, suspends versioning and takes the tag 'team' away. " +
        `The operator looks every ${POLL_SECONDS} s here; every 10 minutes unless told otherwise.`,
    );
    const found = await verify(
      "The operator has found it, and put it right",
      () => stage.bucket("documents"),
      (bucket) => {
        const { lastDetectedTime = "", lastCorrectedTime = "" } = bucket.status?.drift ?? {};
        return isReady(bucket) && lastDetectedTime > began && lastCorrectedTime >= lastDetectedTime;
      },
      "waiting for the operator to look",
    );
    await kubectl(`get s3bucket documents ${DRIFT_TABLE}`);
    const { changes = [] } = found.status?.drift ?? {};
    const drifted = new Set(changes.map(({ setting }) => setting));
    const all = ["publicAccessBlock", "versioning", "tags"].every((setting) => drifted.has(setting));
    check("status.drift names all three, each with what was wanted and what was there", all, changes);
    const events = () => stage.read("events --for s3bucket/documents");
    const told = (text: string) => ["DriftDetected", "DriftCorrected"].every((reason) => text.includes(reason));
    await verify("So do two events, DriftDetected and DriftCorrected", events, told);
    await kubectl("events --for s3bucket/documents");
    const see = () => look(person, name);
    await verify("AWS: closed again, versioning is on, the tag is back, everything else untouched", see, (seen) => {
      const { publicAccessBlocked, versioning, tags, lifecycleRules } = seen;
      const back = versioning === "Enabled" && tags["team"] === "documents";
      return publicAccessBlocked && back && tags["cost-center"] === "4711" && lifecycleRules.length === 3;
    });
  },
};

/** So that all three changes are found by the same look. */
async function betweenLooks({ simulator, account }: Stage): Promise<void> {
  const lastLook = () => simulator.calls.all.findLast(({ caller }) => caller === account.callerArn)?.time ?? 0;
  await eventually(lastLook, (time) => Date.now() - time < (POLL_SECONDS * 1_000) / 2);
}

/** The tag that is added is nobody's business but alex's, and stays. */
async function meddle(person: S3Client, bucketName: string): Promise<void> {
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
