"""What hidden_defaults must find: each case plants one fault."""

import json
import unittest

from witness import hidden_defaults as witness

CONFIGURATION = """
resource "aws_x" "this" {
  name = "x"

  dynamic "tracing" {
    for_each = [1]

    content {
      enabled = true
    }
  }
}
"""


def plan(values: dict, expressions: dict) -> dict:
    """A plan with one resource."""
    resource = {"mode": "managed", "type": "aws_x", "address": "aws_x.this"}
    return {
        "planned_values": {"root_module": {"resources": [resource | {"values": values}]}},
        "configuration": {"root_module": {"resources": [resource | {"expressions": expressions}]}},
    }


def found(values: dict, expressions: dict) -> list:
    """The hidden defaults of that plan."""
    return sorted(json.loads(default)[1:] for default in witness.hidden(plan(values, expressions), CONFIGURATION))


class Hidden(unittest.TestCase):
    """Values that no line sets."""

    def test_a_default_is_found(self):
        self.assertEqual(found({"name": "x", "kind": "Zip"}, {"name": {"constant_value": "x"}}), [["kind", "Zip"]])

    def test_false_and_zero_are_values(self):
        self.assertEqual(found({"a": False, "b": 0, "c": None, "d": []}, {}), [["a", False], ["b", 0]])

    def test_a_bare_null_leaves_it_to_the_provider(self):
        self.assertEqual(found({"source": "header"}, {"source": {}}), [["source", "header"]])

    def test_a_default_inside_a_block_is_found(self):
        block = {"rule": [{"days": 3, "marker": False}]}
        self.assertEqual(found(block, {"rule": [{"days": {"constant_value": 3}}]}), [["rule.marker", False]])

    def test_a_dynamic_block_is_ours_but_not_its_defaults(self):
        self.assertEqual(found({"tracing": [{"enabled": True, "rate": 5}]}, {}), [["tracing.rate", 5]])

    def test_a_module_within_a_module_is_seen(self):
        whole = plan({"a": 1}, {})
        inner = whole["planned_values"]["root_module"]
        whole["planned_values"] = {"root_module": {"child_modules": [{"child_modules": [inner]}]}}
        self.assertEqual(len(witness.hidden(whole, "")), 1)


class Approved(unittest.TestCase):
    """The list must fit: nothing new, nothing stale."""

    LIST = {"aws_x": {"kind": {"value": "Zip", "why": "we make zips"}}}

    def test_a_new_default_and_another_value_are_reported(self):
        for default in (["aws_x", "other", 1], ["aws_x", "kind", "Image"]):
            lines = list(witness.unapproved({json.dumps(default), json.dumps(["aws_x", "kind", "Zip"])}, self.LIST))
            self.assertEqual(len(lines), 1)
            self.assertIn(default[1], lines[0])

    def test_an_approval_that_nothing_needs_is_reported(self):
        self.assertIn("take it out", "".join(witness.unapproved(set(), self.LIST)))

    def test_every_approval_gives_a_reason(self):
        for names in json.loads(witness.APPROVED.read_text()).values():
            for entry in names.values():
                self.assertGreater(len(entry["why"]), 10)

    def test_the_authorizers_own_default_is_never_approved(self):
        self.assertNotIn("identity_source", json.dumps(json.loads(witness.APPROVED.read_text())))


class IdentitySource(unittest.TestCase):
    """The one default that would have stopped everything."""

    def test_anything_but_the_source_ip_is_refused(self):
        for source in ("method.request.header.Authorization", None, "", "context.identity.sourceIp"):
            resource = {"mode": "managed", "type": "aws_api_gateway_authorizer", "address": "a", "values": {"identity_source": source}}
            lines = list(witness.wrong_identity_source({"planned_values": {"root_module": {"resources": [resource]}}}))
            self.assertEqual(len(lines), 0 if source == "context.identity.sourceIp" else 1)


if __name__ == "__main__":
    unittest.main()
