import { delimiter, dirname } from "node:path";
import { awsVariables, POLL_SECONDS } from "./environment.ts";
import type { Stage } from "./stage.ts";
import { QUICKSTART } from "./steps/create.ts";

/** Creates a bucket and prints commands to inspect and change it. Every line works when pasted as it is. */
export async function showAround(stage: Stage): Promise<void> {
  const { screen, kubectl, controlPlane, simulator, operator, credentials } = stage;
  screen.heading("A first bucket");
  await kubectl(`apply -f ${QUICKSTART}`);
  await kubectl("wait --for=condition=Ready s3bucket/documents --timeout=30s");
  const bucketName = (await stage.bucket("documents")).status?.bucketName ?? "";

  screen.heading("First, in another terminal, in this folder");
  screen.paste(`export KUBECONFIG=${controlPlane.kubeconfigPath}`);
  screen.paste(`export PATH=${dirname(controlPlane.kubectlPath)}${delimiter}$PATH   # kubectl`);
  for (const [name, value] of Object.entries(awsVariables(simulator, credentials))) {
    screen.paste(`export ${name}=${value}`);
  }

  screen.heading("Inspect");
  screen.paste("kubectl get s3buckets,awsaccounts");
  screen.paste("kubectl describe s3bucket documents");
  screen.paste("kubectl explain s3bucket.spec.lifecycle.rules");
  screen.paste(`curl -s ${operator.url}/metrics | grep ^s3_operator`);
  screen.paste(`tail -f ${operator.logFile}`);

  screen.heading(
    `Change a setting at AWS; the operator detects it within ${POLL_SECONDS} s. With the AWS CLI, or with the SDK`,
  );
  screen.paste(`aws s3api delete-public-access-block --bucket ${bucketName}`);
  screen.paste(openByNode(bucketName));
  screen.paste("kubectl get s3bucket documents --watch");
  screen.paste("kubectl events --for s3bucket/documents");

  screen.heading("Change the manifest, delete it, and apply it again");
  screen.paste(`kubectl patch s3bucket documents --type=merge -p '{"spec":{"versioning":"Suspended"}}'`);
  screen.paste(`kubectl delete -f ${QUICKSTART}/bucket.yaml`);
  screen.paste(`kubectl apply -f ${QUICKSTART}/bucket.yaml`);

  screen.heading("Everything runs until Ctrl-C");
}

function openByNode(bucketName: string): string {
  const send = `new S3Client({ forcePathStyle: true }).send(new DeletePublicAccessBlockCommand({ Bucket: "${bucketName}" }))`;
  return `node -e 'const { S3Client, DeletePublicAccessBlockCommand } = require("@aws-sdk/client-s3"); ${send}'`;
}
