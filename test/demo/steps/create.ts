import { PutObjectCommand } from "@aws-sdk/client-s3";
import { look } from "../look.ts";
import { isReady } from "../../integration/support/expect/states.ts";
import type { Step } from "./index.ts";

export const QUICKSTART = "examples/quickstart";
/** Somebody's data, which must survive everything that follows. */
export const OBJECT = { Key: "raw/report.csv", Body: "year,result\n2026,42\n" };

/** Aligned, as jsonpath cannot. */
const SETTINGS_TABLE = `-o go-template='{{range .status.settings}}{{printf "%-18s %-9s %s\\n" .name .source .state}}{{end}}'`;

export const create: Step = {
  title: "A manifest becomes a bucket, secure in all that the manifest leaves out",
  verifiedBy: "kubectl wait; seven settings read from AWS with the SDK",
  async run(stage) {
    const { kubectl, verify, person, screen } = stage;
    await kubectl(`apply -f ${QUICKSTART}/account.yaml -f ${QUICKSTART}/bucket.yaml`);
    await kubectl("wait --for=condition=Ready s3bucket/documents --timeout=30s");
    await kubectl("get awsaccounts");
    await kubectl("get s3buckets");
    await kubectl(`get s3bucket documents ${SETTINGS_TABLE}`);
    screen.say("Spec: bucket.yaml says so. Baseline: nobody said anything, so it is the secure value.");

    const bucket = await verify("Ready, and about the manifest as it stands", () => stage.bucket("documents"), isReady);
    const name = bucket.status?.bucketName ?? "";
    const see = () => look(person, name);
    await verify("AWS: public access is blocked, all four ways", see, (seen) => seen.publicAccessBlocked);
    await verify("AWS: ACLs are off, SSE-S3 encrypts, keys from outside (SSE-C) are refused", see, (seen) => {
      return seen.ownership === "BucketOwnerEnforced" && seen.encryption === "AES256" && seen.ssecBlocked;
    });
    await verify("AWS: whoever comes without TLS 1.2 is denied", see, ({ deniedSids }) => deniedSids.length === 2);
    await verify("AWS: versioning, three lifecycle rules and the tags are those of the manifest", see, (seen) => {
      const { versioning, lifecycleRules, tags } = seen;
      const rules = ["broken-uploads", "old-versions", "raw-tiers"];
      return versioning === "Enabled" && String(lifecycleRules) === String(rules) && tags["team"] === "documents";
    });
    await person.send(new PutObjectCommand({ Bucket: name, ...OBJECT }));
  },
};
