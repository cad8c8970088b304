/** Works on at most `lanes` items at once. After a failure it waits for the work in progress, then throws. */
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
