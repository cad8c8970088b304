/**
 * Works on at most `lanes` items at once, and asks for the next item when a lane is free. Stops and throws when `items`
 * or `work` fails, after the work in progress has ended.
 */
export async function inLanes<T>(
  lanes: number,
  items: AsyncGenerator<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // A generator queues its requests, so that lanes can share it.
  const lane = async () => {
    for await (const item of items) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
