/**
 * Works on the items, on at most `lanes` of them at once; the next one is asked for when a lane is free. Ends early, and throws, when
 * the items or a piece of work fail; nothing goes on behind its back then.
 */
export async function inLanes<T>(
  lanes: number,
  items: AsyncGenerator<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // A generator answers one request after the other, so that all lanes can share it.
  const lane = async () => {
    for await (const item of items) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
