"""What moto does not know, or does otherwise than AWS. Every gap that our stack meets is named here and nowhere else.

Each is a patch of moto inside the process of its server, with the document that says what AWS does. A gap that a newer
moto has closed should leave this file: `scripts/witness second_cloud` without it tells.
"""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Queue
from moto.stepfunctions.responses import StepFunctionResponse


def patch() -> None:
    """Closes the gaps in this process."""
    queues_keep_who_may_redrive_to_them()
    state_machines_have_versions()
    definitions_can_be_validated()


def queues_keep_who_may_redrive_to_them() -> None:
    """SQS, GetQueueAttributes: All includes RedriveAllowPolicy. moto takes it and never gives it back."""
    known = Queue.attributes.fget

    def attributes(queue: Queue) -> dict[str, Any]:
        found: dict[str, Any] = known(queue)
        if policy := getattr(queue, "redrive_allow_policy", None):
            found["RedriveAllowPolicy"] = policy
        return found

    Queue.attributes = property(attributes)


def state_machines_have_versions() -> None:
    """Step Functions, ListStateMachineVersions: moto lacks it. None are published here, so the list is empty."""
    StepFunctionResponse.list_state_machine_versions = lambda _: '{"stateMachineVersions": []}'


def definitions_can_be_validated() -> None:
    """Step Functions, ValidateStateMachineDefinition: moto lacks it. The witness for definitions is another."""
    StepFunctionResponse.validate_state_machine_definition = lambda _: '{"result": "OK", "diagnostics": []}'
