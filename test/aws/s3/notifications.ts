/** Event notifications: FACTS.md#s3-notifications. */

import type { Reply } from "../http.ts";
import type { Bucket, World } from "../state.ts";
import { child, element, textAt, type XmlElement } from "../xml.ts";
import { checkDestinations, checkTargets, isTargeted } from "./notification-destinations.ts";
import { checkNotificationRules, withCapitalNames } from "./notification-rules.ts";
import { configurationReply, requestDocument, type Exchange, type Subresource } from "./route.ts";

const SKIP_HEADER = "x-amz-skip-destination-validation";

export const notifications: Subresource = {
  name: "notifications",
  level: "bucket",
  query: "notification",
  methods: {
    GET: {
      operation: "GetBucketNotificationConfiguration",
      action: "s3:GetBucketNotification",
      write: false,
      handle: ({ notifications }, exchange) =>
        configurationReply(exchange, notifications ?? element("NotificationConfiguration")),
    },
    // Replaces all configurations, or none if one destination is invalid.
    PUT: {
      operation: "PutBucketNotificationConfiguration",
      action: "s3:PutBucketNotification",
      write: true,
      checksumOptional: true,
      headers: [SKIP_HEADER],
      handle: putNotifications,
    },
  },
};

function putNotifications(bucket: Bucket, { request, world }: Exchange): Reply {
  const document = requestDocument(request, "NotificationConfiguration");
  const targeted = document.children.filter(isTargeted);
  checkTargets(targeted, bucket.region);
  checkNotificationRules(targeted);
  if (request.headers[SKIP_HEADER]?.toLowerCase() !== "true") checkDestinations(targeted, world);
  const stored = document.children.map((each) => (isTargeted(each) ? withCapitalNames(withId(each, world)) : each));
  bucket.notifications = { ...document, children: stored };
  return { status: 200 };
}

/** Adds a generated ID if the configuration has none, as S3 does. */
function withId(configuration: XmlElement, world: World): XmlElement {
  if ((textAt(configuration, "Id") ?? "") !== "") return configuration;
  const others = configuration.children.filter((each) => each !== child(configuration, "Id"));
  return { ...configuration, children: [element("Id", `generated-${world.next()}`), ...others] };
}
