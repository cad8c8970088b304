/** Forms that browsers send: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html */

export interface Form {
  /** Names in lower case. */
  fields: ReadonlyMap<string, string>;
  /** Undefined if the form has no field `file`. */
  file: { name: string; body: Buffer } | undefined;
}

/** The form of a multipart/form-data body. Undefined for other bodies, and for a form that cannot be read. */
export async function readForm(contentType: string | undefined, body: Buffer): Promise<Form | undefined> {
  if (contentType?.startsWith("multipart/form-data") !== true) return undefined;
  const response = new Response(new Uint8Array(body), { headers: { "content-type": contentType } });
  const data = await response.formData().catch(() => undefined);
  return data && formOf([...data]);
}

/** S3 ignores the fields after the file. */
async function formOf(entries: [string, string | File][]): Promise<Form> {
  const end = entries.findIndex(([name]) => name.toLowerCase() === "file");
  const given = end < 0 ? entries : entries.slice(0, end);
  const texts = given.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const fields = new Map(texts.map(([name, value]) => [name.toLowerCase(), value]));
  const file = entries[end]?.[1];
  if (file === undefined) return { fields, file: undefined };
  if (typeof file === "string") return { fields, file: { name: "", body: Buffer.from(file) } };
  return { fields, file: { name: file.name, body: Buffer.from(await file.arrayBuffer()) } };
}
