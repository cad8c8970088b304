import { PutObjectCommand } from "@aws-sdk/client-s3";
import { isReady } from "../../integration/support/expect/states.ts";
import { observe } from "../observe.ts";
import type { Step } from "./index.ts";

export const QUICKSTART = "examples/quickstart";
/** An object of the user, which must survive all later steps. */
export const OBJECT = { Key: "raw/report.csv", Body: "year,result\n2026,42\n" };

/** A go-template, because jsonpath cannot align columns. */
const SETTINGS_TABLE = `-o go-template='{{range .status.settings}}{{printf "%-18s %-9s %s\\n" .name .source .state}}{{end}}'`;

export const create: Step = {
  title: "A manifest creates a bucket, with secure defaults for every setting that it omits",
  verifiedBy: "kubectl wait; seven settings, read from AWS with the SDK",
  async run(stage) {
    const { kubectl, verify, person, screen } = stage;
    await kubectl(`apply -f ${QUICKSTART}/account.yaml -f ${QUICKSTART}/bucket.yaml`);
    await kubectl("wait --for=condition=Ready s3bucket/documents --timeout=30s");
    await kubectl("get awsaccounts");
    await kubectl("get s3buckets");
    await kubectl(`get s3bucket documents ${SETTINGS_TABLE}`);
    screen.say("Spec: the value is in bucket.yaml. Baseline: bucket.yaml has none, so the secure default applies.");

    const bucket = await verify(
      "The S3Bucket is Ready at the current generation",
      () => stage.bucket("documents"),
      isReady,
    );
    const name = bucket.status?.bucketName ?? "";
    const see = () => observe(person, name);
    await verify("AWS: all four settings of Block Public Access are on", see, (seen) => seen.publicAccessBlocked);
    await verify("AWS: ACLs are off, encryption is SSE-S3, customer-provided keys (SSE-C) are blocked", see, (seen) => {
      return seen.ownership === "BucketOwnerEnforced" && seen.encryption === "AES256" && seen.ssecBlocked;
    });
    await verify("AWS: requests without TLS 1.2 are denied", see, ({ deniedSids }) => deniedSids.length === 2);
    await verify("AWS: versioning, three lifecycle rules and the tags are as in the manifest", see, (seen) => {
      const { versioning, lifecycleRules, tags } = seen;
      const rules = ["broken-uploads", "old-versions", "raw-tiers"];
      return versioning === "Enabled" && String(lifecycleRules) === String(rules) && tags["team"] === "documents";
    });
    await person.send(new PutObjectCommand({ Bucket: name, ...OBJECT }));
  },
};
