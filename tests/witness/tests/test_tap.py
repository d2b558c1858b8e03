"""The tap reads requests out of a stream of bytes, wherever it is cut."""

import io
import json
import unittest

from witness.models.record import Log, line, wants_body
from witness.models.tap import Request, RequestTap
from witness.tests.requests import SIGNED

STREAM = (
    b"GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    b"PUT /c HTTP/1.1\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
    b"HEAD /e HTTP/1.1\r\n\r\n"
)


def read(*parts: bytes) -> tuple[list[Request], RequestTap]:
    """What a tap makes of a stream that comes in these parts."""
    found: list[Request] = []
    tap = RequestTap(found.append)
    for part in parts:
        tap.feed(part)
    return found, tap


class Tap(unittest.TestCase):
    """Reading."""

    def test_any_cut(self) -> None:
        whole, _ = read(STREAM)
        self.assertEqual([(r.method, r.path, r.body) for r in whole],
                         [("GET", "/a?b=1", b""), ("PUT", "/c", b"hello"), ("POST", "/d", b"abcde"), ("HEAD", "/e", b"")])
        self.assertEqual(whole[1].headers["x-two"], "1,2")
        self.assertEqual(read(*(STREAM[i : i + 1] for i in range(len(STREAM))))[0], whole)
        for at in range(1, len(STREAM)):
            self.assertEqual(read(STREAM[:at], STREAM[at:])[0], whole)

    def test_half_a_request_is_none(self) -> None:
        self.assertEqual(read(b"PUT /c HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell")[0], [])

    def test_what_is_no_http_is_let_be(self) -> None:
        request = b"GET / HTTP/1.1\r\n"
        for text in (b"\x16\x03\x01\r\n\r\n", request + b"nonsense\r\n\r\n", request + b"Content-Length: x\r\n\r\n"):
            found, tap = read(text, STREAM)
            self.assertEqual((found, tap.lost), ([], True))

    def test_a_body_that_nobody_wants_is_counted_only(self) -> None:
        found: list[Request] = []
        tap = RequestTap(found.append, lambda _: False)
        for at in range(0, len(STREAM), 7):
            tap.feed(STREAM[at : at + 7])
        self.assertEqual([(r.body, r.length) for r in found], [(None, 0), (None, 5), (None, 5), (None, 0)])


class Record(unittest.TestCase):
    """What is written down."""

    def test_no_signature_no_token_no_package_no_object(self) -> None:
        headers = {"authorization": SIGNED.format("lambda"), "x-amz-security-token": "s3cr3t", "user-agent": "u"}
        package = json.dumps({"Code": {"ZipFile": "QUJD" * 9}, "FunctionName": "f"}).encode()
        entry = line(Request("POST", "/2015-03-31/functions", headers, package, len(package)))
        assert entry is not None
        self.assertEqual((entry["service"], entry["headers"]), ("lambda", {"user-agent": "u"}))
        self.assertLess(len(entry["body"]), 80)
        on_s3 = {"authorization": SIGNED.format("s3")}
        self.assertFalse(wants_body(Request("PUT", "/bucket/key?x-id=PutObject", on_s3)))
        self.assertTrue(wants_body(Request("PUT", "/bucket/?tagging", on_s3)))
        self.assertTrue(wants_body(Request("POST", "/bucket/key?uploads", on_s3)))

    def test_a_delivery_is_not_recorded(self) -> None:
        self.assertIsNone(line(Request("POST", "/v1/hooks/github", {})))

    def test_the_same_again_takes_a_short_line(self) -> None:
        out = io.StringIO()
        log = Log(out)
        for path in ("/a", "/b", "/a", "/a"):
            log.add(Request("GET", path, {"authorization": SIGNED.format("s3"), "x-amz-date": path}))
        lines = [json.loads(text) for text in out.getvalue().splitlines()]
        self.assertEqual([one.get("path", one.get("again")) for one in lines], ["/a", "/b", 0, 0])


if __name__ == "__main__":
    unittest.main()
