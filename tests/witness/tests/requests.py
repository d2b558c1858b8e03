"""Real requests as botocore writes them, for tests to spoil one at a time."""

from __future__ import annotations

import functools
from typing import Any

import botocore.awsrequest
import botocore.config
import botocore.session

from witness.models.tap import Request

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@functools.cache
def client_of(service: str) -> Any:
    """A client that sends once and checks nothing itself."""
    config = botocore.config.Config(
        parameter_validation=False, s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}
    )
    return botocore.session.get_session().create_client(
        service, "us-east-1", endpoint_url="http://127.0.0.1:1", aws_access_key_id="a", aws_secret_access_key="b", config=config
    )  # fmt: skip


def sent(service: str, operation: str, **parameters: Any) -> tuple[str, Request]:
    """The name a request is signed for, and the request, before anything of the network.

    The client's own checks are off, so that what is planted gets through as it would from another client.
    """
    client = client_of(service)
    caught: list[botocore.awsrequest.AWSPreparedRequest] = []

    def catch(request: botocore.awsrequest.AWSPreparedRequest, **_: Any) -> botocore.awsrequest.AWSResponse:
        caught.append(request)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Empty())

    client.meta.events.register("before-send", catch, unique_id="catch")
    try:
        client._make_api_call(operation, parameters)  # pylint: disable=protected-access
    except Exception:  # the answer is empty and may not be understood: only the request counts
        if not caught:
            raise
    finally:
        client.meta.events.unregister("before-send", unique_id="catch")
    one = caught[0]
    body = one.body or b""
    headers = {name.lower(): value.decode() if isinstance(value, bytes) else str(value) for name, value in one.headers.items()}
    path = one.url.split("127.0.0.1:1", 1)[1]
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
    signed_for = client.meta.service_model.signing_name
    return signed_for, Request(one.method, path, headers, content, len(content))


class Empty:
    """An answer without a body."""

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        """Nothing."""
        return []

    def read(self, *_: Any) -> bytes:
        """Nothing."""
        return b""
