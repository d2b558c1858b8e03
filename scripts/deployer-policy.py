"""Fills in and checks the IAM policies that a deploy needs: terraform/deployer/*.json.

They have the placeholders STACK, ACCOUNT, REGION and STATE_BUCKET.

    deployer-policy.py print FOLDER STACK ACCOUNT REGION [STATE_BUCKET]
        Writes the policies with these values into FOLDER; state.json only if you name a bucket.
    deployer-policy.py check [RECORDING]
        Fails if a policy is longer than IAM allows, or if no policy allows an action of the recording: the actions that
        an apply and a destroy called, one `service:Action` a line (default: terraform/deployer/recorded.txt).
"""

import fnmatch
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "terraform" / "deployer"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: of a managed policy, without white space.
LONGEST = 6144
# The longest values: variables.tf has the stack's limit; the longest region is one of the southeast or
# northeast.
WORST = {"STACK": "s" * 20, "ACCOUNT": "1" * 12, "REGION": "ap-southeast-1", "STATE_BUCKET": "b" * 63}


def policies():
    return {file.name: file.read_text() for file in sorted(FOLDER.glob("*.json"))}


def fill(text, values):
    for name, value in values.items():
        text = text.replace(name, value)
    return json.loads(text)


def allowed(name, policy):
    """Yields each allowed action, or a problem: a wildcard, or roles passed to any service."""
    for statement in policy["Statement"]:
        actions = statement["Action"]
        if "iam:PassRole" in actions and "iam:PassedToService" not in json.dumps(statement.get("Condition")):
            yield None, f"{name}: {statement['Sid']} passes roles to any service"
        for action in actions:
            if "*" in action:
                yield None, f"{name}: {statement['Sid']} allows {action}"
            yield action, None


def check(recording):
    wrong, actions = [], set()
    for name, text in policies().items():
        policy = fill(text, WORST)
        length = len(json.dumps(policy, separators=(",", ":")))
        if length > LONGEST:
            wrong.append(f"{name}: {length} characters with the longest names, but IAM allows {LONGEST}")
        for action, problem in allowed(name, policy):
            if problem:
                wrong.append(problem)
            else:
                actions.add(action.lower())
    called = {line.strip() for line in recording if line.strip() and not line.startswith("#")}
    if not called:
        wrong.append("the recording is empty")
    wrong += [f"no policy allows {action}" for action in sorted(called) if not any(fnmatch.fnmatch(action.lower(), a) for a in actions)]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(called)} actions called, {len(actions)} allowed, {len(wrong)} wrong", file=sys.stderr)
    return 1 if wrong else 0


def write(folder, stack, account, region, bucket=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in policies().items():
        if name == "state.json" and not bucket:
            continue
        policy = fill(text, {"STATE_BUCKET": bucket or "", "STACK": stack, "ACCOUNT": account, "REGION": region})
        (folder / name).write_text(json.dumps(policy, separators=(",", ":")) + "\n")
        print(folder / name)


def main():
    match sys.argv[1:]:
        case ["check"]:
            sys.exit(check((FOLDER / "recorded.txt").read_text().splitlines()))
        case ["check", recording]:
            sys.exit(check(pathlib.Path(recording).read_text().splitlines()))
        case ["print", folder, stack, account, region, *bucket] if len(bucket) < 2:
            write(folder, stack, account, region, *bucket)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
