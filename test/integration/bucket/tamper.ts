import type { Bucket } from "../../aws/index.ts";
import { child, element, type XmlElement } from "../../aws/xml.ts";

/**
 * A change of one setting by a user at AWS, to a value that is neither declared nor S3's default: within the settle
 * window, the value before the operator's write is taken for an eventually consistent read.
 */
export const TAMPER_WITH: Readonly<Record<string, (bucket: Bucket) => void>> = {
  tags: ({ tags }) => void tags.set("s3-operator.io/origin", "Nowhere"),
  publicAccessBlock: (bucket) => {
    const off = bucket.publicAccessBlock?.children.findIndex(({ text }) => text === "true") ?? -1;
    const turn = (field: XmlElement, index: number) =>
      index === Math.max(off, 0) ? { ...field, text: String(field.text !== "true") } : field;
    bucket.publicAccessBlock &&= {
      ...bucket.publicAccessBlock,
      children: bucket.publicAccessBlock.children.map(turn),
    };
  },
  objectOwnership: (bucket) => {
    bucket.ownershipControls = undefined;
  },
  encryption: (bucket) => {
    const [rule = element("Rule")] = bucket.encryption.children;
    const before = child(child(rule, "ApplyServerSideEncryptionByDefault"), "SSEAlgorithm")?.text;
    const algorithm = element("SSEAlgorithm", before === "aws:kms:dsse" ? "aws:kms" : "aws:kms:dsse");
    const others = rule.children.filter(({ name }) => name !== "ApplyServerSideEncryptionByDefault");
    const children = [element("ApplyServerSideEncryptionByDefault", [algorithm]), ...others];
    bucket.encryption = { ...bucket.encryption, children: [{ ...rule, children }] };
  },
  versioning: (bucket) => {
    bucket.versioning = bucket.versioning === "Enabled" ? "Suspended" : "Enabled";
  },
  policy: (bucket) => {
    const { Statement } = JSON.parse(bucket.policy ?? `{"Statement":[]}`) as { Statement: object[] };
    const intruder = {
      Sid: "S3OperatorSpecIntruder",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:GetObject"],
      Resource: [`arn:aws:s3:::${bucket.name}/*`],
    };
    bucket.policy = JSON.stringify({ Version: "2012-10-17", Statement: [...Statement, intruder] });
  },
  lifecycle: (bucket) => {
    const expiration = element("Expiration", [element("Days", "1")]);
    const intruder = element("Rule", [
      element("ID", "intruder"),
      element("Filter"),
      element("Status", "Enabled"),
      expiration,
    ]);
    const { lifecycle } = bucket;
    if (lifecycle === undefined) return;
    const { document } = lifecycle;
    bucket.lifecycle = { ...lifecycle, document: { ...document, children: [...document.children, intruder] } };
  },
  cors: (bucket) => {
    const intruder = element("CORSRule", [element("AllowedMethod", "GET"), element("AllowedOrigin", "*")]);
    bucket.cors &&= { ...bucket.cors, children: [intruder, ...bucket.cors.children] };
  },
};
