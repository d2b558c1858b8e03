"""A bootstrap for a Python handler, so that the bench can drive one that is written for Lambda's own Python runtime.

usage: python_runtime.py FOLDER MODULE.FUNCTION

It imports the handler from FOLDER, asks the Runtime API for events, one after the other over one connection, and gives each
to the handler as parsed JSON, as Lambda's runtime does. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import importlib
import json
import os
import sys
import time

PATH = "/2018-06-01/runtime/invocation"


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)


def main(folder, name):
    sys.path.insert(0, folder)
    module, function = name.rsplit(".", 1)
    handler = getattr(importlib.import_module(module), function)
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def exchange(method, path, body=None):
        api.request(method, path, body)
        answer = api.getresponse()
        return answer.headers, answer.read()

    while True:
        headers, event = exchange("GET", f"{PATH}/next")
        context = Context(headers)
        try:
            answer = json.dumps(handler(json.loads(event), context)).encode()
        except Exception as problem:  # Any error is the handler's: the runtime reports it and goes on.
            error = {"errorMessage": str(problem), "errorType": type(problem).__name__}
            exchange("POST", f"{PATH}/{context.aws_request_id}/error", json.dumps(error).encode())
            continue
        exchange("POST", f"{PATH}/{context.aws_request_id}/response", answer)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
