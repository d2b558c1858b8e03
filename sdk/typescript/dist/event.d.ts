/** The claim check: where the payload is and what it must be. */
export interface Claim {
    readonly bucket: string;
    readonly key: string;
    /** In hex. */
    readonly sha256: string;
    /** In bytes. */
    readonly size: number;
}
export type Redeem = (claim: Claim) => Promise<Uint8Array>;
/** One event: a CloudEvents 1.0 event whose data is a claim check (the `dataref` extension). */
export declare class Event {
    #private;
    /** The provider's id of the event. */
    readonly id: string;
    /** `/endpoints/{endpoint}` */
    readonly source: string;
    /** The provider's type of the event, for instance `invoice.paid`. */
    readonly type: string;
    /** What the event is about, if the endpoint has a location for it. */
    readonly subject: string | undefined;
    /** When it happened, by the provider's clock. */
    readonly time: Date;
    /** The payload's content type, as received. */
    readonly contentType: string;
    /** Names the event everywhere. Deduplicate by it: it is the same at every delivery. */
    readonly ref: string;
    /** When the delivery came in, by Coatcheck's clock. */
    readonly receivedAt: Date;
    /** W3C trace context: make it the parent of your spans, or pass it on. */
    readonly traceparent: string;
    /** Which replay this delivery belongs to; undefined if the provider delivered it. */
    readonly replayId: string | undefined;
    /** Whether the event is handled although it was done before. */
    readonly replayIsForced: boolean;
    /** Names this delivery in an answer. It differs from delivery to delivery. */
    readonly deliveryId: string;
    /** Where the payload is and what it must be. */
    readonly claim: Claim;
    /** Events with the same endpoint and ordering key are handled one after the other. */
    readonly ordering: string;
    /** Aborts when the handler's time is over: pass it to your calls. */
    readonly signal: AbortSignal;
    /** The number of this processor's attempt, from 1; undefined if idempotency is off, which counts none. */
    attempt: number | undefined;
    /**
     * The provider's exact bytes, checked against the length and the SHA-256 of their pointer.
     *
     * Throws `RedeemProblem` or `Retry`. A handler that catches it does not succeed all the same: the event gets the failure
     * of its last redemption.
     */
    payload(): Promise<Uint8Array>;
    /** The part of the trace context that stays the same on the whole path. */
    get traceId(): string;
}
export declare function isObject(value: unknown): value is Record<string, unknown>;
