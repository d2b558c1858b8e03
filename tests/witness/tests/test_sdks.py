"""What the comparison with providers' libraries must find: each case plants one fault. Neither our engine nor a library runs."""

import hashlib
import hmac
import unittest
from dataclasses import dataclass, replace

from witness.sdks import bodies, compare
from witness.sdks.providers import PROVIDERS, Keys, Provider
from witness.sdks.talk import Delivery

PROVIDER = Provider("partner", "partner", "node", "partner", ("x-sig",), Keys("key", "key", "other"), headers=(("x-id", "evt-1"),), signed=("x-id",), clock=True)


@dataclass(frozen=True)
class Party:
    """Signs `{id}{separator}{time}{body}` by HMAC, and verifies as well as its faults let it."""

    separator: str = "."
    # What is not checked: body, key, signature, id, time.
    blind: frozenset = frozenset()
    refuses: bool = False

    def mac(self, delivery: Delivery, secret: str) -> str:
        """The signature."""
        given = "".join(f"{delivery.header(name)}{self.separator}" for name in ("x-id", "x-time") if name[2:] not in self.blind)
        body = b"" if "body" in self.blind else delivery.body
        return hmac.new(b"" if "key" in self.blind else secret.encode(), given.encode() + body, hashlib.sha256).hexdigest()

    def sign(self, delivery: Delivery, secret: str, now: int) -> Delivery:
        """What is sent."""
        timed = replace(delivery, headers=(*delivery.headers, ("x-time", str(now))))
        return replace(timed, headers=(*timed.headers, ("x-sig", self.mac(timed, secret))))

    def verify(self, delivery: Delivery, secret: str, now: int) -> str:
        """The outcome."""
        good = "signature" in self.blind or delivery.header("x-sig") == self.mac(delivery, secret)
        if self.refuses or not good:
            return "signature_mismatch"
        fresh = "clock" in self.blind or abs(now - int(delivery.header("x-time"))) < 300
        return "valid" if fresh else "timestamp_stale"


def found(ours: Party, theirs: Party, provider: Provider = PROVIDER) -> str:
    """The findings, as one text."""
    return "\n".join(compare.run(provider, ours, theirs).wrong)


class Comparison(unittest.TestCase):
    """Two parties."""

    def test_two_that_agree_have_no_findings(self):
        result = compare.run(PROVIDER, Party(), Party())
        self.assertEqual(result.wrong, [])
        self.assertEqual((result.to_us.cases, result.from_us.cases), (6, 6))
        self.assertGreater(result.forged.cases, 100)

    def test_other_signed_bytes_are_found_in_both_directions(self):
        findings = found(Party(separator=":"), Party())
        self.assertIn("to us, compact: signature_mismatch", findings)
        self.assertIn("from us, compact: signature_mismatch", findings)

    def test_a_forgery_that_one_takes_is_found(self):
        for blind, forgery in (("body", "another body"), ("key", "another key"), ("signature", "another signature"), ("signature", "no signature"), ("id", "another x-id")):
            for ours, theirs, who in ((Party(blind=frozenset({blind})), Party(), "ours"), (Party(), Party(blind=frozenset({blind})), "theirs")):
                with self.subTest(blind=blind, who=who):
                    # Neither signs what is not signed: the other refuses it, which is a finding as well.
                    both = found(replace(ours, blind=frozenset({blind})), replace(theirs, blind=frozenset({blind})))
                    self.assertIn(f"{forgery}: taken by {who}", both)

    def test_an_old_delivery_that_one_takes_is_found(self):
        self.assertIn("ours says valid", found(Party(blind=frozenset({"clock"})), Party()))
        self.assertIn("taken by theirs", found(Party(), Party(blind=frozenset({"clock"}))))

    def test_who_refuses_everything_is_found(self):
        self.assertIn("the signer itself says", found(Party(), Party(refuses=True), replace(PROVIDER, we_sign=False)))

    def test_a_known_difference_that_is_gone_is_found(self):
        provider = replace(PROVIDER, differs={"utf8": "a reason"})
        self.assertIn("there is none any more", found(Party(), Party(), provider))
        result = compare.run(replace(PROVIDER, clock=False, differs={"to us": "a", "from us": "b"}), Party(separator=":"), Party())
        self.assertEqual((result.wrong, result.known), ([], {"a", "b"}))


class Forgeries(unittest.TestCase):
    """What is changed is changed."""

    def test_every_body_of_every_provider_can_be_forged(self):
        for provider in PROVIDERS:
            for name, body in provider.make(provider.fields(1_700_000_000)).items():
                self.assertNotEqual(compare.forge_body(provider, body), body, f"{provider.name} {name}")

    def test_every_body_is_another(self):
        for make in (bodies.json_bodies, bodies.forms, bodies.bytes_bodies):
            made = list(make({"id": "evt_1"}).values())
            self.assertEqual(len(set(made)), len(made))

    def test_a_text_changes_by_one_letter(self):
        self.assertEqual(compare.other_text("msg_29"), "msg_39")
        self.assertEqual(compare.other_text("1700000000"), "1700000010")
        self.assertEqual(compare.other_text("a:"), "b:")
        signature = "ab" * 32
        changed = compare.other_signature(signature)
        self.assertEqual(sum(old != new for old, new in zip(signature, changed)), 1)


if __name__ == "__main__":
    unittest.main()
