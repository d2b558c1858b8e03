/** The handler is not done with the event. The text is logged and recorded: it must show nothing of the payload. */
export declare abstract class Failure extends Error {
    abstract readonly word: "Retry" | "Reject";
}
/** It may succeed later: deliver it again. */
export declare class Retry extends Failure {
    readonly name: string;
    readonly word = "Retry";
}
/** It will never succeed: no retry helps. */
export declare class Reject extends Failure {
    readonly name: string;
    readonly word = "Reject";
}
/** The handler ignores that its time is over. Its effects may still come, so the lease stays until it ends. */
export declare class StillRunning extends Retry {
}
/** The input as a whole has no known form: the invocation fails. */
export declare class Input extends Error {
    readonly name = "Input";
}
/** An event failed and has no `deliveryid` to name it by. To leave it out of the answer would lose it. */
export declare class Nameless extends Error {
    readonly name = "Nameless";
}
/** Why a call to AWS failed. A refusal is a retry too: a person must act, and the event must still be there then. */
export declare function storeFailure(operation: string, error: unknown): Retry;
/** An error that is not ours is named by its type and those of its causes: their texts might show the payload. */
export declare function failureOf(error: unknown): Failure;
