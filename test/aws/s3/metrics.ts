/** Request metrics: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html */

import { child } from "../xml.ts";
import { configurationsSubresource } from "./configurations.ts";
import { checkFilterNotEmpty } from "./filter.ts";
import { malformedXml } from "./route.ts";

export const metrics = configurationsSubresource({
  query: "metrics",
  noun: "Metrics",
  listRoot: "ListMetricsConfigurationsResult",
  configurations: (bucket) => bucket.metrics,
  idMismatch: malformedXml,
  check: (configuration) => checkFilterNotEmpty(child(configuration, "Filter")),
});
