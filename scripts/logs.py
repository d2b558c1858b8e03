"""Prints the last lines that a function logged: logs.py STACK_JSON FUNCTION LINES."""

import json
import os
import sys

import botocore.session


def main():
    stack_json, function, lines = sys.argv[1:]
    with open(stack_json, encoding="utf-8") as file:
        functions = json.load(file)["functions"]
    if function not in functions:
        raise SystemExit(f"unknown function {function}: the stack has {', '.join(sorted(functions))}")
    client = botocore.session.get_session().create_client("logs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    events, token = [], {}
    while True:
        page = client.filter_log_events(logGroupName=functions[function]["log_group"], **token)
        events += page["events"]
        if not page.get("nextToken"):
            break
        token = {"nextToken": page["nextToken"]}
    for event in sorted(events, key=lambda event: event["timestamp"])[-int(lines):]:
        print(event["message"].rstrip("\n"))


if __name__ == "__main__":
    main()
