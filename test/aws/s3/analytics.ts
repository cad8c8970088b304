/** Storage class analysis: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAnalyticsConfiguration.html */

import { child, textAt, type XmlElement } from "../xml.ts";
import { configurationsSubresource } from "./configurations.ts";
import { checkExportDestination } from "./export-destination.ts";
import { checkFilterNotEmpty } from "./filter.ts";
import { malformedXml } from "./route.ts";

export const analytics = configurationsSubresource({
  query: "analytics",
  noun: "Analytics",
  listRoot: "ListBucketAnalyticsConfigurationResult",
  configurations: (bucket) => bucket.analytics,
  idMismatch: malformedXml,
  check: (configuration) => {
    const analysis = child(configuration, "StorageClassAnalysis");
    if (analysis === undefined) throw malformedXml();
    checkFilterNotEmpty(child(configuration, "Filter"));
    checkExport(child(analysis, "DataExport"));
  },
});

function checkExport(dataExport: XmlElement | undefined): void {
  if (dataExport === undefined) return;
  if (textAt(dataExport, "OutputSchemaVersion") !== "V_1") throw malformedXml();
  const destination = child(child(dataExport, "Destination"), "S3BucketDestination");
  checkExportDestination(destination, ["CSV"], "BucketAccountId");
}
