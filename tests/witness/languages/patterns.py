"""Checks filters against the limits of the services that apply them: SNS, EventBridge rules and Pipes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod

from witness.plan import document

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
SNS_KEYS, SNS_COMBINATIONS, SNS_BYTES = 5, 150, 256 * 1024
# https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_Filter.html, eb-pipes-event-filtering.html; Lambda's
# mappings take the same: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
PIPE_FILTERS, PATTERN_CHARACTERS = 5, 4096

SNS_OPERATORS = {"anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"}
# The columns for buses and pipes of
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; what the page
# does not mention for pipes is left out, as is a filter in a filter: {"anything-but": {"prefix": ...}}.
PIPE_OPERATORS = {"anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"}
RULE_OPERATORS = PIPE_OPERATORS | {"cidr", "wildcard"}
# The parts of a record that can be filtered: DynamoDB's, SQS's.
PIPE_FIELDS = {"body", "dynamodb", "eventName"}


def leaves(pattern: object, path: str = "") -> Iterator[tuple[str, list]]:
    """Every key path of a pattern with its list of values; a pattern of another form is a leaf that is no list."""
    if isinstance(pattern, dict):
        for key, inner in pattern.items():
            if key == "$or" and isinstance(inner, list):
                for alternative in inner:
                    yield from leaves(alternative, path)
            else:
                yield from leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path, pattern if isinstance(pattern, list) else []


def of_form(where: str, pattern: object, operators: set[str]) -> Iterator[str]:
    """Leaves that are no lists, empty, or use an operator that does not exist."""
    for path, wanted in leaves(pattern):
        if not wanted:
            yield f"{where}: {path} must be a list with at least one value"
        for value in wanted:
            if isinstance(value, dict):
                for operator in value.keys() - operators:
                    yield f"{where}: {path} uses {operator}, which is not supported there"
                if path.endswith(".N") and "numeric" in value:
                    yield f"{where}: {path}: DynamoDB writes numbers as text, which numeric never matches"


def of_topic(where: str, text: str) -> Iterator[str]:
    """A filter policy of an SNS subscription."""
    policy = json.loads(text)
    counts = [(path.count(".") + 1, len(wanted)) for path, wanted in leaves(policy)]
    # In a nested policy each value counts once per level of its key.
    combinations = prod(depth * count for depth, count in counts)
    if len(counts) > SNS_KEYS:
        yield f"{where}: {len(counts)} keys; SNS takes {SNS_KEYS}"
    if combinations > SNS_COMBINATIONS:
        yield f"{where}: {combinations} combinations; SNS takes {SNS_COMBINATIONS}"
    if len(text.encode()) > SNS_BYTES:
        yield f"{where}: {len(text.encode())} bytes; SNS takes {SNS_BYTES}"
    yield from of_form(where, policy, SNS_OPERATORS)


def of_pattern(where: str, text: str, operators: set[str]) -> Iterator[str]:
    """An event pattern of a rule or a pipe."""
    if len(text) > PATTERN_CHARACTERS:
        yield f"{where}: {len(text)} characters; EventBridge takes {PATTERN_CHARACTERS}"
    yield from of_form(where, json.loads(text), operators)


def of_pipe(where: str, patterns: list[str]) -> Iterator[str]:
    """The filters of a pipe or a mapping. Only what a source gives can be filtered."""
    if len(patterns) > PIPE_FILTERS:
        yield f"{where}: {len(patterns)} filters; a pipe or a mapping takes {PIPE_FILTERS}"
    for text in patterns:
        yield from of_pattern(where, text, PIPE_OPERATORS)
        for field in json.loads(text).keys() - PIPE_FIELDS:
            yield f"{where}: a pipe or a mapping cannot filter by {field}"
        for path, wanted in leaves(json.loads(text)):
            if any(isinstance(value, dict) and isinstance(value.get("anything-but"), dict) for value in wanted):
                yield f"{where}: {path}: in a pipe anything-but takes plain values only"


def findings(plan: dict) -> Iterator[str]:
    """Every filter of a plan."""
    for subscription in document.of_type(plan, "aws_sns_topic_subscription"):
        if text := subscription["values"].get("filter_policy"):
            yield from of_topic(subscription["address"], text)
    for rule in document.of_type(plan, "aws_cloudwatch_event_rule"):
        if text := rule["values"].get("event_pattern"):
            yield from of_pattern(rule["address"], text, RULE_OPERATORS)
    for pipe in document.of_type(plan, "aws_pipes_pipe"):
        parameters = pipe["values"].get("source_parameters") or [{}]
        criteria = parameters[0].get("filter_criteria") or []
        yield from of_pipe(pipe["address"], [filter_["pattern"] for one in criteria for filter_ in one.get("filter", [])])
    for mapping in document.of_type(plan, "aws_lambda_event_source_mapping"):
        criteria = mapping["values"].get("filter_criteria") or []
        yield from of_pipe(mapping["address"], [filter_["pattern"] for one in criteria for filter_ in one.get("filter", [])])
