"""Turns `terraform output -json` into stack.json: what the demo and the end-to-end suite need to know.

    terraform output -json | stack-json.py [--local GATEWAY_URL]

Every output by its name, without Terraform's type beside it, and
    base_url  POST {base_url}/hooks/{endpoint} is a delivery
    local     true on the local cloud, where the provider prints AWS's own hostnames in its URLs
"""

import argparse
import json
import sys


def base_url(outputs, gateway):
    """Where the API's stage answers."""
    if gateway:
        api = outputs["api"]
        return f"{gateway}/restapis/{api['id']}/{api['stage']}/_user_request_"
    return outputs["api"]["url"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--local", metavar="GATEWAY_URL")
    arguments = parser.parse_args()
    outputs = {name: output["value"] for name, output in json.load(sys.stdin).items()}
    stack = dict(outputs, base_url=base_url(outputs, arguments.local), local=bool(arguments.local))
    json.dump(stack, sys.stdout, indent=2, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
