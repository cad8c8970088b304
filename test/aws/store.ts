/**
 * Switches for behaviour of S3-compatible stores that differs from AWS. All are off at first. FACTS.md#other-s3-stores
 */
export interface StoreSwitches {
  /**
   * Listings ignore `encoding-type` and do not report an encoding. "Plain" returns keys unencoded (VersityGW 1.8.0 and
   * moto 5.2.1), "Encoded" returns them encoded.
   */
  listedKeys: "AsAsked" | "Plain" | "Encoded";
  /**
   * S3 Control does not exist: its paths name objects in a bucket `v20180820`. CreateBucket ignores tags. MinIO does
   * both, VersityGW 1.8.0 only the first.
   */
  withoutS3Control: boolean;
  /** Page size of objects, versions and uploads; 1,000 at AWS. */
  pageSize: number;
}

export function storeSwitches(): StoreSwitches {
  return { listedKeys: "AsAsked", withoutS3Control: false, pageSize: 1_000 };
}
