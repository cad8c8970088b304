/** Switches for what S3-compatible stores, which are not AWS, do otherwise. All are off at first. */
export interface StoreSwitches {
  /**
   * Listings ignore `encoding-type`, and say nothing of an encoding: "Plain" has the keys as they are (VersityGW 1.8.0 and moto 5.2.1),
   * "Encoded" has them encoded nevertheless.
   */
  listedKeys: "AsAsked" | "Plain" | "Encoded";
  /** Entries of a page of objects, versions or uploads; 1,000 at AWS. */
  pageSize: number;
}

export function storeSwitches(): StoreSwitches {
  return { listedKeys: "AsAsked", pageSize: 1_000 };
}
