/**
 * Reads the keys of a listing. Its `EncodingType` says whether they are encoded: stores other than AWS may ignore what the request asks for.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html#API_ListObjectVersions_ResponseElements
 */
export function keyReader({ EncodingType }: { EncodingType?: string | undefined }): (key: string) => string {
  return EncodingType === "url" ? decoded : (key) => key;
}

/** Undoes the encoding "url". A key that cannot be the result of encoding is taken as it stands. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return key;
    throw error;
  }
}
