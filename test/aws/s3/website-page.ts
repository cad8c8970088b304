/** Error pages of website endpoints: https://docs.aws.amazon.com/AmazonS3/latest/userguide/CustomErrorDocSupport.html */

import { STATUS_CODES } from "node:http";
import type { AwsError } from "../errors.ts";
import type { Reply } from "../http.ts";

/** `second`: why the error document could not be read. */
export function errorPage(error: AwsError, requestId: string, second?: AwsError): Reply {
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ""}`;
  const items = [
    ...listOf(error),
    ...Object.entries(error.details).map(([name, value]) => `${name}: ${value}`),
    `RequestId: ${requestId}`,
    "HostId: simulator",
  ];
  const custom =
    second === undefined
      ? ""
      : `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>${list(listOf(second))}`;
  const body = `<html>
<head><title>${title}</title></head>
<body>
<h1>${title}</h1>
${list(items)}
${custom}
<hr/>
</body>
</html>
`;
  return { status: error.status, headers: { "content-type": "text/html; charset=utf-8", ...error.headers }, body };
}

function listOf({ code, message }: AwsError): string[] {
  return [`Code: ${code}`, `Message: ${message}`];
}

function list(items: readonly string[]): string {
  return `<ul>\n${items.map((item) => `<li>${escape(item)}</li>\n`).join("")}</ul>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
