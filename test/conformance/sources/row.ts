/** Some limits of the CRDs, and where they come from. */
export interface Row {
  /**
   * Fields, each with its kind: "S3Bucket cors.rules[].id". `*` stands for any characters. In rules.ts: beginnings of
   * the messages of rules.
   */
  limits: readonly string[];
  /** The page of AWS or Kubernetes that sets the limit. */
  from?: string;
  /** Why the limit is the operator's own, or stricter than the page says. */
  ours?: string;
}

const AWS = "https://docs.aws.amazon.com/";
export const s3Api = (page: string) => `${AWS}AmazonS3/latest/API/API_${page}.html`;
export const s3Guide = (page: string) => `${AWS}AmazonS3/latest/userguide/${page}.html`;
export const iamGuide = (page: string) => `${AWS}IAM/latest/UserGuide/${page}.html`;
export const iamApi = (page: string) => `${AWS}IAM/latest/APIReference/API_${page}.html`;
export const kmsApi = (page: string) => `${AWS}kms/latest/APIReference/API_${page}.html`;
export const aws = (page: string) => `${AWS}${page}.html`;
export const kubernetes = (page: string) => `https://kubernetes.io/docs/concepts/${page}/`;
export const FACTS = "test/aws/FACTS.md#";
