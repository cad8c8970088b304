/** Splits a stream of bytes into lines, including an unfinished last line. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let unfinished = "";
  for await (const chunk of chunks) {
    const lines = (unfinished + decoder.decode(chunk, { stream: true })).split("\n");
    unfinished = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
  if (unfinished !== "") yield unfinished;
}
