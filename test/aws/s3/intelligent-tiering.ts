/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html */

import { child, childrenNamed, textAt, type XmlElement } from "../xml.ts";
import { configurationsSubresource } from "./configurations.ts";
import { checkFilter } from "./filter.ts";
import { invalidArgument, malformedXml } from "./route.ts";

/** Minimum days without access, by tier. */
const MIN_DAYS: Record<string, number> = { ARCHIVE_ACCESS: 90, DEEP_ARCHIVE_ACCESS: 180 };
const MAX_DAYS = 730;

export const intelligentTiering = configurationsSubresource({
  query: "intelligent-tiering",
  noun: "IntelligentTiering",
  listRoot: "ListBucketIntelligentTieringConfigurationsOutput",
  configurations: (bucket) => bucket.intelligentTiering,
  idMismatch: malformedXml,
  check: (configuration) => {
    if (!["Enabled", "Disabled"].includes(textAt(configuration, "Status") ?? "")) throw malformedXml();
    checkFilter(child(configuration, "Filter"));
    checkTierings(childrenNamed(configuration, "Tiering"));
  },
});

function checkTierings(tierings: XmlElement[]): void {
  if (tierings.length === 0) throw malformedXml();
  const days = new Map<string, number>();
  for (const tiering of tierings) {
    const [tier, value] = [textAt(tiering, "AccessTier") ?? "", textAt(tiering, "Days") ?? ""];
    const min = MIN_DAYS[tier];
    if (min === undefined || !/^\d+$/.test(value)) throw malformedXml();
    if (days.has(tier)) throw invalidArgument("Each access tier can be given once only.", "AccessTier", tier);
    if (Number(value) < min || Number(value) > MAX_DAYS) {
      throw invalidArgument(`'Days' for ${tier} must be from ${min} to ${MAX_DAYS}`, "Days", value);
    }
    days.set(tier, Number(value));
  }
  const [archive, deepArchive] = [days.get("ARCHIVE_ACCESS"), days.get("DEEP_ARCHIVE_ACCESS")];
  if (archive !== undefined && deepArchive !== undefined && deepArchive <= archive) {
    const message = "'Days' for DEEP_ARCHIVE_ACCESS must be greater than 'Days' for ARCHIVE_ACCESS";
    throw invalidArgument(message, "Days", String(deepArchive));
  }
}
