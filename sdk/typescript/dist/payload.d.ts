import { type S3Client } from "@aws-sdk/client-s3";
import type { Claim } from "./event.js";
import { Reject } from "./failures.js";
/** The bytes in the bucket are not the payload, or there are none. */
export declare class RedeemProblem extends Reject {
}
/**
 * The exact bytes. S3 answers 404 for a missing object only to a role with `s3:ListBucket`; else 403, a retry.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export declare function redeem(s3: Pick<S3Client, "send">, claim: Claim): Promise<Uint8Array>;
