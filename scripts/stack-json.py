"""Turns `terraform output -json` into stack.json, which the demo and the end-to-end suite read.

    terraform output -json | stack-json.py [--local GATEWAY_URL]

stack.json has every output by name, without Terraform's type, and also
    base_url  you deliver with POST {base_url}/hooks/{endpoint}
    local     true on the local cloud, where the provider's URLs have AWS's own hostnames
"""

import argparse
import json
import sys


def base_url(outputs, gateway):
    """The URL of the API's stage."""
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
