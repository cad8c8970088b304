/** Switches for what S3-compatible stores, which are not AWS, do otherwise. All are off at first. */
export interface StoreSwitches {
  /**
   * Listings ignore `encoding-type`, and say nothing of an encoding: "Plain" has the keys as they are (VersityGW 1.8.0 and moto 5.2.1),
   * "Encoded" has them encoded nevertheless.
   */
  listedKeys: "AsAsked" | "Plain" | "Encoded";
  /**
   * There is no S3 Control: its paths name objects in a bucket `v20180820`; and CreateBucket takes no heed of tags. MinIO; VersityGW 1.8.0 likewise,
   * but that it heeds them.
   */
  withoutS3Control: boolean;
  /** Entries of a page of objects, versions or uploads; 1,000 at AWS. */
  pageSize: number;
}

export function storeSwitches(): StoreSwitches {
  return { listedKeys: "AsAsked", withoutS3Control: false, pageSize: 1_000 };
}
