import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import type { Claim } from "./event.js";
import { Reject, Retry, storeFailure } from "./failures.js";

/** The bytes are not the payload, or there are none. */
export class RedeemProblem extends Reject {}

/**
 * The exact bytes. S3 answers 404 for a missing object only to a role with `s3:ListBucket`; else 403, a retry.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function redeem(s3: Pick<S3Client, "send">, claim: Claim): Promise<Uint8Array> {
  if (claim.inline !== undefined) return checked(claim.inline, claim);
  const stored = await s3.send(new GetObjectCommand({ Bucket: claim.bucket, Key: claim.key })).catch((error) => {
    if (!(error instanceof NoSuchKey)) throw unreadable(error);
    throw new RedeemProblem("payload_missing: the payload is not in the bucket: it has expired or was removed");
  });
  const size = stored.ContentLength ?? claim.size;
  if (size !== claim.size) {
    // Before memory is taken for it. The connection is of no use any more.
    if (stored.Body && "destroy" in stored.Body) stored.Body.destroy();
    throw wrongSize(size, claim);
  }
  const payload = (await stored.Body?.transformToByteArray().catch((error) => {
    throw unreadable(error);
  })) ?? new Uint8Array();
  return checked(payload, claim);
}

function checked(payload: Uint8Array, claim: Claim): Uint8Array {
  if (payload.length !== claim.size) throw wrongSize(payload.length, claim);
  if (createHash("sha256").update(payload).digest("hex") !== claim.sha256) {
    throw new RedeemProblem("payload_digest: the payload does not have its pointer's SHA-256");
  }
  return payload;
}

function wrongSize(size: number, claim: Claim): RedeemProblem {
  return new RedeemProblem(`payload_size: the payload has ${size} bytes, its pointer says ${claim.size}`);
}

function unreadable(error: unknown): Retry {
  const cause = storeFailure("s3:GetObject", error);
  return new Retry(`payload_unreadable: the payload could not be read: ${cause.message}`, { cause });
}
