"""Prints what you need from a stack.json after a deploy: `what-was-made.py STACK_JSON`."""

import json
import sys


def lines(stack, path):
    yield "each endpoint's URL, and the secret that takes its keys:"
    width = max([0, *map(len, stack["endpoint_urls"])])
    for name, url in sorted(stack["endpoint_urls"].items()):
        yield f"  {name:{width}}  {url}"
        yield f"  {'':{width}}  {stack['endpoint_secrets'][name]}"
    yield f"dashboard:      {stack['dashboard']}"
    yield f"alarms:         {len(stack['alarms'])}"
    yield f"every output:   {path}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        print(*lines(json.load(file), sys.argv[1]), sep="\n")


if __name__ == "__main__":
    main()
