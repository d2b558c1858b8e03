"""Fills in and checks the IAM policies that a deploy needs: terraform/deployer/*.json.

They have the placeholders STACK, ACCOUNT, REGION, STATE_BUCKET, PACKAGES_BUCKET, ZONE_ID and ROLE_PATH.

    deployer-policy.py print FOLDER STACK ACCOUNT REGION [STATE_BUCKET [PACKAGES_BUCKET [ZONE_ID [ROLE_PATH]]]]
        Writes the policies with these values into FOLDER; state.json and packages.json only if you name their buckets, and
        front_door.json only if you name the hosted zone of the front door's domain. ROLE_PATH is the stack's role_path, /
        by default. `-` is none.
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
WORST = {"STACK": "s" * 20, "ACCOUNT": "1" * 12, "REGION": "ap-southeast-1", "STATE_BUCKET": "b" * 63, "PACKAGES_BUCKET": "b" * 63, "ZONE_ID": "Z" * 32, "ROLE_PATH": f"/{'p' * 510}/"}
# A name of each kind that a stack gives, with an action that needs it. The local clouds allow everything, so a recording
# does not tell whether a policy reaches them.
NAMES = [
    ("acm:DeleteCertificate", "acm:REGION:ACCOUNT:certificate/00000000-0000-0000-0000-000000000000"),
    ("apigateway:PUT", "apigateway:REGION::/domainnames/hooks.example.com/basepathmappings/v1"),
    ("apigateway:SetWebACL", "apigateway:REGION::/restapis/abcde12345/stages/v1"),
    ("dynamodb:CreateTable", "dynamodb:REGION:ACCOUNT:table/STACK-deliveries"),
    ("dynamodb:PutItem", "dynamodb:REGION:ACCOUNT:table/STACK-deliveries"),
    ("iam:CreateRole", "iam::ACCOUNT:roleROLE_PATHSTACK-function-deliver-crm"),
    ("iam:PassRole", "iam::ACCOUNT:roleROLE_PATHSTACK-pipe-fan"),
    ("iam:PutRolePermissionsBoundary", "iam::ACCOUNT:roleROLE_PATHSTACK-pipe-fan"),
    ("lambda:CreateFunction", "lambda:REGION:ACCOUNT:function:STACK-deliver-crm"),
    ("lambda:UpdateEventSourceMapping", "lambda:REGION:ACCOUNT:event-source-mapping:00000000-0000-0000-0000-000000000000"),
    ("logs:CreateLogGroup", "logs:REGION:ACCOUNT:log-group:/aws/lambda/STACK-deliver-crm:log-stream:"),
    ("logs:CreateLogGroup", "logs:REGION:ACCOUNT:log-group:/aws/vendedlogs/pipes/STACK-fan:log-stream:"),
    ("pipes:CreatePipe", "pipes:REGION:ACCOUNT:pipe/STACK-fan"),
    ("route53:ChangeResourceRecordSets", "route53:::hostedzone/ZONE_ID"),
    ("s3:PutObject", "s3:::STACK-truststore-ACCOUNT-REGION/truststore.pem"),
    ("secretsmanager:CreateSecret", "secretsmanager:REGION:ACCOUNT:secret:STACK/endpoints/github-AbCdEf"),
    ("secretsmanager:CreateSecret", "secretsmanager:REGION:ACCOUNT:secret:STACK/subscriptions/crm-AbCdEf"),
    ("sqs:CreateQueue", "sqs:REGION:ACCOUNT:STACK-crm.fifo"),
    ("states:CreateStateMachine", "states:REGION:ACCOUNT:stateMachine:STACK-pushes"),
    ("wafv2:CreateIPSet", "wafv2:REGION:ACCOUNT:regional/ipset/STACK-allow-ipv4/00000000-0000-0000-0000-000000000000"),
    ("wafv2:CreateWebACL", "wafv2:REGION:ACCOUNT:regional/webacl/STACK/00000000-0000-0000-0000-000000000000"),
    ("wafv2:CreateWebACL", "wafv2:REGION:123456789012:regional/managedruleset/AWSManagedRulesAmazonIpReputationList/0"),
]


def policies():
    return {file.name: file.read_text() for file in sorted(FOLDER.glob("*.json"))}


def fill(text, values):
    for name, value in values.items():
        # A path of a role may hold a quote.
        text = text.replace(name, json.dumps(value)[1:-1])
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


def write(folder, stack, account, region, state="-", packages="-", zone="-", role_path="-"):
    named = {"STATE_BUCKET": state, "PACKAGES_BUCKET": packages, "ZONE_ID": zone}
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in policies().items():
        if any(placeholder in text and value == "-" for placeholder, value in named.items()):
            continue
        path = {"ROLE_PATH": "/" if role_path == "-" else role_path}
        policy = fill(text, named | path | {"STACK": stack, "ACCOUNT": account, "REGION": region})
        (folder / name).write_text(json.dumps(policy, separators=(",", ":")) + "\n")
        print(folder / name)


def main():
    match sys.argv[1:]:
        case ["check"]:
            sys.exit(check((FOLDER / "recorded.txt").read_text().splitlines()))
        case ["check", recording]:
            sys.exit(check(pathlib.Path(recording).read_text().splitlines()))
        case ["print", folder, stack, account, region, *others] if len(others) < 5:
            write(folder, stack, account, region, *others)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
