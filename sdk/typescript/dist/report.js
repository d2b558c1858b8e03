import { Failure, Reject } from "./failures.js";
export function isRetried(outcome) {
    return outcome instanceof Failure && !(outcome instanceof Reject);
}
