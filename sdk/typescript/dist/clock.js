/** Where the clocks are read. */
export const clock = {
    /** Milliseconds of the epoch. */
    now: () => Date.now(),
    /** Milliseconds of a clock that is never set: it measures durations. */
    elapsed: () => performance.now(),
};
/** Waits. */
export function pause(ms) {
    return new Promise((resolve) => {
        setTimeout(resolve, ms);
    });
}
/** What the work gives, or `over` if it takes longer. Then the work goes on, and its end is of no interest. */
export async function within(ms, work) {
    work.catch(() => undefined);
    let timer;
    const over = new Promise((resolve) => {
        timer = setTimeout(() => resolve("over"), Math.max(0, ms));
    });
    return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
