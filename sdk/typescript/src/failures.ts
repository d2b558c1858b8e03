/** The handler is not done with the event. The text is logged and recorded: it must show nothing of the payload. */
export abstract class Failure extends Error {
  abstract readonly word: "Retry" | "Reject";
}

/** It may succeed later: deliver it again. */
export class Retry extends Failure {
  override readonly name: string = "Retry";
  readonly word = "Retry";
}

/** It will never succeed: no retry helps. */
export class Reject extends Failure {
  override readonly name: string = "Reject";
  readonly word = "Reject";
}

/** The handler ignores that its time is over. Its effects may still come, so the lease stays until it ends. */
export class StillRunning extends Retry {}

/** The input as a whole has no known form: the invocation fails. */
export class Input extends Error {
  override readonly name = "Input";
}

/** An event failed and has no `deliveryid` to name it by. To leave it out of the answer would lose it. */
export class Nameless extends Error {
  override readonly name = "Nameless";
}

/** Why a call to AWS failed. A refusal is a retry too: a person must act, and the event must still be there then. */
export function storeFailure(operation: string, error: unknown): Retry {
  return new Retry(`${operation}: ${names(error)}`, { cause: error });
}

/** An error that is not ours is named by its type and those of its causes: their texts might show the payload. */
export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Retry(`the handler threw ${names(error)}`, { cause: error });
}

function names(error: unknown): string {
  const found: string[] = [];
  for (let cause = error; cause instanceof Error && found.length < 5; cause = cause.cause) found.push(cause.name);
  return found.join(": ") || "no error";
}
