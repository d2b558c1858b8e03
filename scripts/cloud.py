"""Runs ministack so that a function has several environments, as on AWS: cloud.py

ministack gives an invocation the first free environment. So calls one after the other always meet the same environment
and its memory. If you set ENVIRONMENTS=N, each of the first N invocations of a function starts an environment of its
own, and each later one goes to the environment that has been idle for longest. As always, more environments start if
more invocations arrive at once.

An environment has one log stream, as on AWS; ministack itself opens a new one for each invocation. On a busy machine a
function may write a line too late for the log of its invocation. This script logs it a second later; ministack would
log it with the next invocation of that environment, which may never come.

ministack asks for the right to list all event source mappings of anyone who reads one, and for none of anyone who
changes one. Here each needs its own right, and the function of the mapping is a condition key, as with AWS:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html

Asked what a role may (SimulatePrincipalPolicy), ministack takes the role's path for a part of its name and finds no
policy of it. Here the name is what follows the last slash, as with AWS:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import os
import sys
import threading
import time
import uuid

# This folder's scripts must not be found by ministack as modules.
sys.path.pop(0)
# Removed, since the functions inherit the rest.
ENVIRONMENTS = int(os.environ.pop("ENVIRONMENTS", None) or 1)

from ministack import app  # noqa: E402
from ministack.core import iam_actions, iam_evaluator  # noqa: E402
from ministack.core import lambda_runtime as pool  # noqa: E402
from ministack.services import cloudwatch_logs, lambda_svc  # noqa: E402

# The environment that serves this thread's invocation.
serving = threading.local()
# The log stream of each environment that has logged.
streams = {}


def lease(name, config, code, qualifier="$LATEST", max_concurrency=None):
    """Replaces ministack's `acquire_worker`: environments serve in turn. It has no limit, as our cloud sets none."""
    key = pool._worker_key(name, config, qualifier)
    with pool._lock:
        entries = pool._workers.setdefault(key, [])
        free = [worker for worker in entries if not worker.in_use]
        if free and len(entries) >= ENVIRONMENTS:
            worker, how = min(free, key=lambda one: one.last_used), "reused"
        else:
            worker, how = pool._worker_class_for(config)(name, config, code), "spawn"
            worker.environment = uuid.uuid4().hex
            entries.append(worker)
        worker.in_use = True
        worker.last_used = time.time()
    serving.worker = worker
    return worker, how


def log(func, *args, **kwargs):
    """Replaces ministack's `_emit_lambda_logs`: it writes into the environment's own stream."""
    worker = getattr(serving, "worker", None)
    serving.stream = worker and worker.environment
    try:
        emit(func, *args, **kwargs)
    finally:
        serving.stream = None
    if worker and worker.environment not in streams:
        config = func.get("config") or func
        group = cloudwatch_logs._log_groups.get(config["LoggingConfig"]["LogGroup"], {})
        for name, stream in group.get("streams", {}).items():
            if name.endswith(worker.environment):
                streams[worker.environment] = stream


def name_or_new():
    """Replaces ministack's `new_uuid`: while a log is written, the end of its stream's name, otherwise a new id."""
    return getattr(serving, "stream", None) or new_uuid()


def log_what_is_late():
    while True:
        time.sleep(1)
        with pool._lock:
            workers = [worker for entries in pool._workers.values() for worker in entries]
        for worker in workers:
            stream = streams.get(worker.environment)
            if not worker.in_use and stream and (text := worker._drain_stderr()):
                now = int(time.time() * 1000)
                cloudwatch_logs._append_log_events(
                    stream, [{"timestamp": now, "message": line, "ingestionTime": now} for line in text.splitlines()]
                )


MAPPING_ACTIONS = {"GET": "GetEventSourceMapping", "PUT": "UpdateEventSourceMapping", "DELETE": "DeleteEventSourceMapping"}


def mapping_or_other(method, path):
    """Replaces ministack's `_lambda_action`: the action of a request about one mapping."""
    parts = path.strip("/").split("/")
    if parts[1:2] == ["event-source-mappings"] and len(parts) == 3:
        return MAPPING_ACTIONS.get(method)
    return lambda_action(method, path)


def note_mapping(service, method, path, *rest):
    """Replaces ministack's `extract_resource_arn`, which it calls right before `request_tag_context`."""
    arn = resource_arn(service, method, path, *rest)
    mapping = lambda_svc._esms.get(arn.rpartition(":")[2]) if ":event-source-mapping:" in arn else None
    serving.function_arn = mapping and mapping.get("FunctionArn")
    return arn


def with_function(service, action, body, params):
    """Replaces ministack's `request_tag_context`: adds the condition key of a mapping's function."""
    keys = tag_context(service, action, body, params)
    if service == "lambda" and action.endswith("EventSourceMapping") and getattr(serving, "function_arn", None):
        keys = {**keys, "lambda:functionarn": serving.function_arn}
    return keys


lambda_action, resource_arn, tag_context = (
    iam_actions._lambda_action, iam_actions.extract_resource_arn, iam_actions.request_tag_context,
)
iam_actions._lambda_action = mapping_or_other
iam_actions.extract_resource_arn = note_mapping
iam_actions.request_tag_context = with_function

gather_role_policies = iam_evaluator._gather_role_policies
iam_evaluator._gather_role_policies = lambda role, account: gather_role_policies(role.rsplit("/", 1)[-1], account)

emit, new_uuid = lambda_svc._emit_lambda_logs, lambda_svc.new_uuid
lambda_svc.acquire_worker = lease
lambda_svc._emit_lambda_logs = log
lambda_svc.new_uuid = name_or_new

threading.Thread(target=log_what_is_late, daemon=True).start()
app.main()
