/** Where the clocks are read. */
export declare const clock: {
    /** Milliseconds of the epoch. */
    now: () => number;
    /** Milliseconds of a clock that is never set: it measures durations. */
    elapsed: () => number;
};
/** Waits. */
export declare function pause(ms: number): Promise<void>;
/** What the work gives, or `over` if it takes longer. Then the work goes on, and its end is of no interest. */
export declare function within<T>(ms: number, work: Promise<T>): Promise<T | "over">;
