/**
 * Decodes the keys of a listing if its `EncodingType` says so: stores other than S3 may ignore the request's.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html#API_ListObjectVersions_ResponseElements
 */
export function keyReader({ EncodingType }: { EncodingType?: string | undefined }): (key: string) => string {
  return EncodingType === "url" ? decoded : (key) => key;
}

/** A key that is not validly encoded stays as it is. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return key;
    throw error;
  }
}
