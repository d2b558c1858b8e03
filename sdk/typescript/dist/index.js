export { Failure, Reject, Retry } from "./failures.js";
export { processor, task } from "./function.js";
export { RedeemProblem } from "./payload.js";
