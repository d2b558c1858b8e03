"""Fills in and checks the IAM policies that a deploy needs: terraform/deployer/*.json.

They have the placeholders STACK, ACCOUNT, REGION, STATE_BUCKET and PACKAGES_BUCKET.

    deployer-policy.py print FOLDER STACK ACCOUNT REGION [STATE_BUCKET [PACKAGES_BUCKET]]
        Writes the policies with these values into FOLDER; state.json and packages.json only if you name their buckets. `-`
        is none.
    deployer-policy.py check [RECORDING]
        Fails if a policy is longer than IAM allows, if no policy allows an action of the recording (the actions that an
        apply and a destroy called, one `service:Action` a line; default: terraform/deployer/recorded.txt), or if no
        policy allows to create what a stack has of each kind of name.
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
WORST = {"STACK": "s" * 20, "ACCOUNT": "1" * 12, "REGION": "ap-southeast-1", "STATE_BUCKET": "b" * 63, "PACKAGES_BUCKET": "b" * 63}
# A name of each kind that a stack gives, with an action that needs it. The local clouds allow everything, so a recording
# does not tell whether a policy reaches them.
NAMES = [
    ("dynamodb:CreateTable", "dynamodb:REGION:ACCOUNT:table/STACK-deliveries"),
    ("dynamodb:PutItem", "dynamodb:REGION:ACCOUNT:table/STACK-deliveries"),
    ("iam:CreateRole", "iam::ACCOUNT:role/STACK-function-deliver-crm"),
    ("iam:PassRole", "iam::ACCOUNT:role/STACK-pipe-fan"),
    ("lambda:CreateFunction", "lambda:REGION:ACCOUNT:function:STACK-deliver-crm"),
    ("lambda:UpdateEventSourceMapping", "lambda:REGION:ACCOUNT:event-source-mapping:00000000-0000-0000-0000-000000000000"),
    ("logs:CreateLogGroup", "logs:REGION:ACCOUNT:log-group:/aws/lambda/STACK-deliver-crm:log-stream:"),
    ("logs:CreateLogGroup", "logs:REGION:ACCOUNT:log-group:/aws/vendedlogs/pipes/STACK-fan:log-stream:"),
    ("pipes:CreatePipe", "pipes:REGION:ACCOUNT:pipe/STACK-fan"),
    ("secretsmanager:CreateSecret", "secretsmanager:REGION:ACCOUNT:secret:STACK/endpoints/github-AbCdEf"),
    ("secretsmanager:CreateSecret", "secretsmanager:REGION:ACCOUNT:secret:STACK/subscriptions/crm-AbCdEf"),
    ("sqs:CreateQueue", "sqs:REGION:ACCOUNT:STACK-crm.fifo"),
    ("states:CreateStateMachine", "states:REGION:ACCOUNT:stateMachine:STACK-pushes"),
]


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


def reaches(policy, action, arn):
    """Whether a statement allows the action on the ARN. Conditions are not looked at."""
    return any(
        action in statement["Action"] and any(fnmatch.fnmatchcase(arn, pattern) for pattern in as_list(statement["Resource"]))
        for statement in policy["Statement"]
    )


def as_list(value):
    return value if isinstance(value, list) else [value]


def check(recording):
    wrong, actions = [], set()
    filled = {name: fill(text, WORST) for name, text in policies().items()}
    for action, place in NAMES:
        (arn,) = fill(json.dumps([f"arn:aws:{place}"]), WORST)
        if not any(reaches(policy, action, arn) for policy in filled.values()):
            wrong.append(f"no policy allows {action} on {place}")
    for name, policy in filled.items():
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


def write(folder, stack, account, region, state="-", packages="-"):
    buckets = {"STATE_BUCKET": state, "PACKAGES_BUCKET": packages}
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in policies().items():
        if any(bucket in text and value == "-" for bucket, value in buckets.items()):
            continue
        policy = fill(text, buckets | {"STACK": stack, "ACCOUNT": account, "REGION": region})
        (folder / name).write_text(json.dumps(policy, separators=(",", ":")) + "\n")
        print(folder / name)


def main():
    match sys.argv[1:]:
        case ["check"]:
            sys.exit(check((FOLDER / "recorded.txt").read_text().splitlines()))
        case ["check", recording]:
            sys.exit(check(pathlib.Path(recording).read_text().splitlines()))
        case ["print", folder, stack, account, region, *buckets] if len(buckets) < 3:
            write(folder, stack, account, region, *buckets)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
