"""Redeeming: from a claim to the bytes of the provider."""

from __future__ import annotations

import hashlib
from typing import Any

from .event import Claim
from .failures import Reject, Retry, store_failure


class RedeemProblem(Reject):
    """The bytes are not the payload, or there are none."""


def redeem(s3: Any, claim: Claim) -> bytes:
    """The exact bytes. S3 answers 404 for a missing object only to a role with `s3:ListBucket`; else 403, a retry.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    if claim.inline is not None:
        return _checked(claim.inline, claim)
    try:
        stored = s3.get_object(Bucket=claim.bucket, Key=claim.key)
    except s3.exceptions.NoSuchKey:
        raise RedeemProblem(
            "payload_missing: the payload is not in the bucket: it has expired or was removed"
        ) from None
    except Exception as error:
        raise _unreadable(error) from error
    with stored["Body"] as body:
        # Before memory is taken for it.
        _same_size(stored["ContentLength"], claim)
        try:
            payload: bytes = body.read()
        except Exception as error:
            raise _unreadable(error) from error
    return _checked(payload, claim)


def _checked(payload: bytes, claim: Claim) -> bytes:
    _same_size(len(payload), claim)
    if hashlib.sha256(payload).hexdigest() != claim.sha256:
        raise RedeemProblem("payload_digest: the payload does not have its pointer's SHA-256")
    return payload


def _same_size(size: int, claim: Claim) -> None:
    if size != claim.size:
        raise RedeemProblem(f"payload_size: the payload has {size} bytes, its pointer says {claim.size}")


def _unreadable(error: Exception) -> Retry:
    cause = store_failure("s3:GetObject", error)
    return Retry(f"payload_unreadable: the payload could not be read: {cause}")
