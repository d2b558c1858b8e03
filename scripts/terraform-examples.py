"""Plans or applies examples/terraform; scripts/terraform-examples prepares what it needs.

    terraform-examples.py plan
    terraform-examples.py copy FOLDER
    terraform-examples.py apply FOLDER PACKAGES ARCHITECTURE EXAMPLE...

Terraform runs with an environment of its own, in which PATH has Terraform and nothing else: no cargo, no python, no shell.
"""

import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import package

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "terraform"
FUNCTIONS = ("admit", "authorizer", "ingest", "rehydrate", "sweep", "watch")
BUCKET = "coatcheck-releases"
# What a local cloud and a test need, and an example should not show.
LOCAL = {
    "require_tls": "false",
    "deletion_protection": "false",
    "force_destroy": "true",
    "stream_rights_on_any": "true",
    "batch_rights_by_call": "true",
    # It gives alarms back changed: docs/local-cloud.md.
    "alarms_enabled": "false",
}
NAMES = ("minimal", "company", "multi-stack")
COMPANY = {
    "boundary": "company-boundary",
    "vpc": '{ subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = ["sg-0123456789abcdef0"] }',
}


def alone(folder):
    """A folder for PATH that has Terraform alone."""
    found = shutil.which("terraform")
    (pathlib.Path(folder) / "terraform").symlink_to(found)
    return folder


class Terraform:
    """Runs Terraform for one example, in an environment that has only what is named here."""

    def __init__(self, folder, data, path, cloud):
        self.folder = folder
        names = [name for name in os.environ if name.startswith(("AWS_", "TF_PLUGIN", "TF_CLI", "CHECKPOINT", "NO_PROXY", "no_proxy", "GOGC"))]
        self.environment = {name: os.environ[name] for name in names} | {"PATH": path, "HOME": path, "TF_DATA_DIR": str(data), "TF_INPUT": "0"} | cloud

    def run(self, command, *arguments):
        done = subprocess.run(
            [shutil.which("terraform"), f"-chdir={self.folder}", command, "-no-color", *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def must(self, command, *arguments, allowed=(0,)):
        status, said = self.run(command, *arguments)
        if status not in allowed:
            shown = [line for line in said.splitlines() if "Refreshing state" not in line and "Still " not in line]
            sys.exit(f"error: terraform {command} of {self.folder.name} exited with {status}:\n" + "\n".join(shown[-40:]))
        return said


def hcl(**values):
    return "{ " + ", ".join(f'{name} = "{value}"' for name, value in values.items()) + " }"


def stand_ins(folder):
    """A release as `make release` lays it out, whose zips hold their own names."""
    packages = {}
    for arch in ("arm64", "x86_64"):
        (folder / arch).mkdir(parents=True)
        for name in FUNCTIONS:
            package.write_zip(str(folder / arch / f"{name}.zip"), {"bootstrap": (0o755, f"{name} {arch}".encode())}, 9)
        packages[arch] = {name: package.about(folder, f"{arch}/{name}.zip") for name in FUNCTIONS}
    package.write_list(folder, packages, "0.0.0")
    return hashlib.sha256((folder / "packages.json").read_bytes()).hexdigest()


def plan():
    from plan import sts

    with tempfile.TemporaryDirectory() as work, sts.running() as server:
        work = pathlib.Path(work)
        (work / "path").mkdir()
        path = alone(str(work / "path"))
        digest = stand_ins(work / "release")
        listed = json.loads((work / "release" / "packages.json").read_text())["packages"]["arm64"]
        cloud = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-west-1",
                 "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
        variables = {"company": [f"-var={name}={value}" for name, value in COMPANY.items()], "minimal": [], "multi-stack": []}

        def planned(example):
            terraform = Terraform(EXAMPLES / example, ROOT / "target" / f"terraform-{example}", path, cloud)
            packages = f"-var=packages={hcl(dir=work / 'release', digest=digest)}"
            terraform.must("validate")
            terraform.must("plan", "-lock=false", f"-out={work}/{example}", packages, *variables[example])
            resources = list(found(json.loads(terraform.must("show", "-json", f"{work}/{example}"))["planned_values"]["root_module"]))
            functions = [one["values"] for one in resources if one["type"] == "aws_lambda_function"]
            names = [one["function_name"] for one in functions]
            stacks = 2 if example == "multi-stack" else 1
            if len(set(names)) != stacks * len(FUNCTIONS):
                sys.exit(f"error: {example} has these functions: {names}")
            for values in functions:
                name = values["function_name"].rsplit("-", 1)[1]
                if values["source_code_hash"] != listed[name]["sha256"]:
                    sys.exit(f"error: {example}: {values['function_name']} has another digest than packages.json")
            print(f"    {example}: {len(resources)} resources, {len(functions)} functions with the listed digests", flush=True)

        # Terraform keeps hardly more than one core busy.
        with ThreadPoolExecutor(len(variables)) as pool:
            list(pool.map(planned, variables))
        # Terraform must refuse what is not what the pin says, with Terraform alone too.
        (work / "release" / "arm64" / "ingest.zip").write_bytes(b"other bytes")
        terraform = Terraform(EXAMPLES / "minimal", ROOT / "target" / "terraform-minimal", path, cloud)
        refused(terraform, "the zip of function ingest", f"-var=packages={hcl(dir=work / 'release', digest=digest)}")
        refused(terraform, "packages.digest demands", f"-var=packages={hcl(dir=work / 'release', digest='0' * 64)}")
        if server.others:
            sys.exit("error: the plans asked AWS for more than the account:\n  " + "\n  ".join(sorted(set(server.others))))


def refused(terraform, words, *arguments):
    status, said = terraform.run("plan", "-lock=false", *arguments)
    if status == 0 or words not in " ".join(said.replace("│", " ").split()):
        sys.exit(f"error: this was not refused with '{words}': {arguments}\n{said[-3000:]}")
    print(f"    refused as it should be: {words}")


def found(module):
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from found(child)


def copy(folder):
    """Copies of the examples with what a local cloud needs. A state that is there stays."""
    for example in NAMES:
        to = folder / example
        to.mkdir(parents=True, exist_ok=True)
        for file in (EXAMPLES / example).iterdir():
            if file.suffix == ".tf":
                (to / file.name).write_text(file.read_text().replace('"../../../', f'"{ROOT}/'))
            elif file.name == ".terraform.lock.hcl":
                shutil.copyfile(file, to / file.name)
        lines = "".join(f"  {name} = {value}\n" for name, value in LOCAL.items())
        (to / "override.tf").write_text(f'module "coatcheck" {{\n{lines}}}\n')


def apply(folder, packages, arch, examples):
    import botocore.session

    session = botocore.session.get_session()
    services = {name: session.create_client(name) for name in ("iam", "s3", "secretsmanager", "sqs")}
    path = pathlib.Path(tempfile.mkdtemp())
    alone(str(path))
    stacks = {example: Terraform(folder / example, ROOT / "target" / f"terraform-local-{example}", str(path), {}) for example in examples}
    boundary = outside_up(services, packages, arch)
    listed = (packages / "packages.json").read_bytes()
    arguments = {
        "minimal": ["-var=packages=" + hcl(bucket=BUCKET, prefix="coatcheck", version=json.loads(listed)["version"], digest=hashlib.sha256(listed).hexdigest())],
        "company": ["-var=packages=" + hcl(dir=packages), *(f"-var={name}={value}" for name, value in COMPANY.items())],
        "multi-stack": ["-var=packages=" + hcl(dir=packages)],
    }

    def whole_life(example):
        start = time.monotonic()
        terraform, more = stacks[example], [f"-var=architecture={arch}", *arguments[example]]
        terraform.must("apply", "-auto-approve", "-parallelism=64", *more)
        if example == "minimal":
            deliver(terraform, services)
        terraform.must("plan", "-detailed-exitcode", "-parallelism=64", *more)
        terraform.must("destroy", "-auto-approve", "-parallelism=64", *more)
        print(f"    {example}: applied, planned again without a change, destroyed ({time.monotonic() - start:.0f} s)", flush=True)

    # One after another: at once, an apply failed (docs/decisions/0079).
    for example in examples:
        whole_life(example)
    outside_down(services, boundary)
    shutil.rmtree(path)
    subprocess.run([sys.executable, str(ROOT / "scripts" / "leftovers.py"), "--named", "(^|[/:])((minimal|company|ci)([-/]|$)|(billing|delivery)[-/])"], check=True)


def outside_up(services, packages, arch):
    """What the examples find in an account: a bucket with a release, and the company's boundary. The boundary's ARN."""
    s3 = services["s3"]
    s3.create_bucket(Bucket=BUCKET)
    listed = json.loads((packages / "packages.json").read_text())
    base = f"coatcheck/{listed['version']}/"
    s3.put_object(Bucket=BUCKET, Key=f"{base}packages.json", Body=(packages / "packages.json").read_bytes(), ContentType="application/json")
    for name in FUNCTIONS:
        one = listed["packages"][arch][name]["path"]
        s3.put_object(Bucket=BUCKET, Key=base + one, Body=(packages / one).read_bytes(), ChecksumAlgorithm="SHA256")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return services["iam"].create_policy(PolicyName=COMPANY["boundary"], PolicyDocument=json.dumps(everything))["Policy"]["Arn"]


def outside_down(services, boundary):
    s3 = services["s3"]
    for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=one["Key"])
    s3.delete_bucket(Bucket=BUCKET)
    services["iam"].delete_policy(PolicyArn=boundary)


def deliver(terraform, services):
    """Signs a push as GitHub does, sends it to the stack's URL, and waits for its event in the queue of the example."""
    key = "a key of a test"
    services["secretsmanager"].put_secret_value(SecretId="minimal/endpoints/github", SecretString=key)
    url = json.loads(terraform.must("output", "-json", "endpoint_urls"))["github"]
    # The local cloud has no host for each API: docs/local-cloud.md.
    api, _, rest = url.removeprefix("https://").partition(".")
    stage, _, path = rest.partition("/")[2].partition("/")
    body = json.dumps({"ref": "refs/heads/main", "repository": {"full_name": "a/b"}}).encode()
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL_API_GATEWAY']}/restapis/{api}/{stage}/_user_request_/{path}",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": "11111111-2222-4333-8444-555555555555",
            "X-Hub-Signature-256": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest(),
        },
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        status = answer.status
    sqs = services["sqs"]
    queue = sqs.get_queue_url(QueueName="ci-pushes")["QueueUrl"]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", []):
            if '"push"' not in message["Body"]:
                sys.exit(f"error: the queue got {message['Body']}")
            print(f"    minimal: a delivery was answered with {status} and its event is in the queue", flush=True)
            return
    sys.exit(f"error: a delivery was answered with {status}, and no event came to {queue}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["plan"]:
            plan()
        case ["copy", folder]:
            copy(pathlib.Path(folder))
        case ["apply", folder, packages, arch, *examples] if examples and set(examples) <= set(NAMES):
            apply(pathlib.Path(folder), pathlib.Path(packages), arch, examples)
        case _:
            sys.exit(__doc__)
