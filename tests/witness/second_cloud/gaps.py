"""Closes moto's gaps: what it lacks, or does differently from AWS. Only this file names them.

Each is a patch of moto inside the process of its server, with the document that says what AWS does. If a newer moto
has closed a gap, remove it here: `scripts/witness second_cloud` without it shows whether it has.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from moto.apigateway.responses import APIGatewayResponse
from moto.awslambda.models import LambdaFunction
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.route53 import models as route53
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response
from moto.sqs.models import Queue
from moto.stepfunctions.responses import StepFunctionResponse
from moto.wafv2.models import FakeIPSet


def patch() -> None:
    """Closes the gaps in this process."""
    apis_keep_their_binary_media_types()
    buckets_keep_that_they_tell_eventbridge()
    buckets_refuse_no_request_over_tls()
    domains_keep_their_truststores()
    zones_have_names_like_those_of_aws()
    functions_keep_how_they_log()
    ip_sets_have_tokens_like_those_of_aws()
    queues_give_back_how_they_redrive()
    state_machines_have_versions()
    definitions_can_be_validated()


def apis_keep_their_binary_media_types() -> None:
    """API Gateway, CreateRestApi: the answer has the binaryMediaTypes of the request. moto drops them."""
    known = APIGatewayResponse.create_rest_api

    def create_rest_api(response: APIGatewayResponse) -> Any:
        status, headers, body = known(response)
        made = response.backend.apis[json.loads(body)["id"]]
        made.binaryMediaTypes = response._get_param("binaryMediaTypes") or made.binaryMediaTypes
        return status, headers, json.dumps(made.to_dict())

    APIGatewayResponse.create_rest_api = create_rest_api


def buckets_keep_that_they_tell_eventbridge() -> None:
    """S3, GetBucketNotificationConfiguration: EventBridgeConfiguration comes back. moto keeps it and leaves it out."""
    known = S3Response.get_bucket_notification

    def get_bucket_notification(response: S3Response) -> Any:
        status, headers, body = known(response)
        kept = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if kept and kept.event_bridge is not None:
            inner = r"<NotificationConfiguration\1><EventBridgeConfiguration/>"
            body = re.sub(r"<NotificationConfiguration([^>]*)/>", inner + "</NotificationConfiguration>", body)
            if "EventBridgeConfiguration" not in body:
                body = re.sub(r"<NotificationConfiguration([^>]*)>", inner, body)
        return status, headers, body

    S3Response.get_bucket_notification = get_bucket_notification


def buckets_refuse_no_request_over_tls() -> None:
    """S3: a policy's statement does not count if its condition does not hold. Ours refuse what comes without TLS, or with an
    old one, and on AWS the provider comes with TLS. moto applies every statement as if it had no condition, so that
    it depends on luck whether an object is there before its bucket's policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    def get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
        policy = json.loads(bucket.policy or '{"Statement": []}')
        policy["Statement"] = [one for one in policy["Statement"] if "Condition" not in one]
        return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission


def domains_keep_their_truststores() -> None:
    """API Gateway, GetDomainName: mutualTlsAuthentication comes back. moto drops it."""
    known_create, known_get = APIGatewayResponse.create_domain_name, APIGatewayResponse.get_domain_name
    kept: dict[str, Any] = {}

    def create_domain_name(response: APIGatewayResponse) -> Any:
        kept[response._get_param("domainName")] = response._get_param("mutualTlsAuthentication")
        return known_create(response)

    def get_domain_name(response: APIGatewayResponse) -> str:
        found = json.loads(known_get(response))
        return json.dumps(found | {"mutualTlsAuthentication": kept.get(found["domainName"])})

    APIGatewayResponse.create_domain_name = create_domain_name
    APIGatewayResponse.get_domain_name = get_domain_name


def zones_have_names_like_those_of_aws() -> None:
    """Route 53, CreateHostedZone: every id starts with Z, as in all of AWS's examples. moto takes any letter."""
    known = route53.create_route53_zone_id
    route53.create_route53_zone_id = lambda *arguments, **named: "Z" + known(*arguments, **named)[1:]


def functions_keep_how_they_log() -> None:
    """Lambda, GetFunctionConfiguration: LoggingConfig comes back, with the levels' defaults in JSON. moto drops it."""
    known_init, known_get, known_update = (
        LambdaFunction.__init__, LambdaFunction.get_configuration, LambdaFunction.update_configuration
    )  # fmt: skip

    def init(function: LambdaFunction, *arguments: Any, **named: Any) -> None:
        known_init(function, *arguments, **named)
        spec = named.get("spec") or next(one for one in arguments if isinstance(one, dict))
        function.logging_config = spec.get("LoggingConfig") or {}

    def update_configuration(function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
        function.logging_config |= updates.get("LoggingConfig") or {}
        known_update(function, updates)
        return get_configuration(function)

    def get_configuration(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        kept = function.logging_config
        levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"} if kept.get("LogFormat") == "JSON" else {}
        found = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"} | levels | kept
        return known_get(function, on_create) | {"LoggingConfig": found}

    LambdaFunction.__init__ = init
    LambdaFunction.get_configuration = get_configuration
    LambdaFunction.update_configuration = update_configuration


def ip_sets_have_tokens_like_those_of_aws() -> None:
    """WAF, CreateIPSet and UpdateIPSet: a LockToken is a UUID, which AWS's model demands of DeleteIPSet. moto gives six characters of one."""
    known_init, known_update = FakeIPSet.__init__, FakeIPSet.update

    def init(ip_set: FakeIPSet, *arguments: Any, **named: Any) -> None:
        known_init(ip_set, *arguments, **named)
        ip_set.lock_token = str(uuid.uuid4())

    def update(ip_set: FakeIPSet, *arguments: Any, **named: Any) -> None:
        known_update(ip_set, *arguments, **named)
        ip_set.lock_token = str(uuid.uuid4())

    FakeIPSet.__init__ = init
    FakeIPSet.update = update


def queues_give_back_how_they_redrive() -> None:
    """SQS, GetQueueAttributes: both policies come back as they were sent.

    moto never gives RedriveAllowPolicy back, and RedrivePolicy with other white space.
    """
    known = Queue.attributes.fget

    def attributes(queue: Queue) -> dict[str, Any]:
        found: dict[str, Any] = known(queue)
        if policy := getattr(queue, "redrive_allow_policy", None):
            found["RedriveAllowPolicy"] = policy
        if policy := found.get("RedrivePolicy"):
            found["RedrivePolicy"] = json.dumps(json.loads(policy), separators=(",", ":"))
        return found

    Queue.attributes = property(attributes)


def state_machines_have_versions() -> None:
    """Step Functions, ListStateMachineVersions: moto lacks it. None are published here, so the list is empty."""
    StepFunctionResponse.list_state_machine_versions = lambda _: '{"stateMachineVersions": []}'


def definitions_can_be_validated() -> None:
    """Step Functions, ValidateStateMachineDefinition: moto lacks it. The witness for definitions is another."""
    StepFunctionResponse.validate_state_machine_definition = lambda _: '{"result": "OK", "diagnostics": []}'
