/** Where the clocks are read. */
export const clock = {
  /** Milliseconds of the epoch. */
  now: (): number => Date.now(),
  /** Milliseconds of a clock that is never set: it measures durations. */
  elapsed: (): number => performance.now(),
};

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** What the work gives, or `over` if it takes longer. Then the work goes on, and its end is of no interest. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | "over"> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<"over">((resolve) => {
    timer = setTimeout(() => resolve("over"), Math.max(0, ms));
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
