"""A running local cloud: takes a statement away for a while, and lets functions begin anew."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .rows import Row
from .sources import ROOT, role_of

# The emulators of Pipes and API Gateway remember a right for two seconds.
REMEMBERED_S = 3


class Absent(Exception):
    """The stack has no such role or statement."""


class Cloud:
    """The local cloud of a folder. Its `env` has been sourced."""

    def __init__(self, folder: Path, iam: Any) -> None:
        self.folder = folder
        self.described = folder / "stack.json"
        self.stack = json.loads(self.described.read_text())["stack"]["stack"]
        self.iam = iam

    def environment(self) -> dict[str, str]:
        """What the suite needs besides: where its destination listens (scripts/e2e chose the port)."""
        variables = (self.folder / "vars").read_text().strip()
        ports = re.findall(r"http://127\.0\.0\.1:(\d+)/http-answers", (ROOT / "deploy" / variables).read_text()) if variables else []
        return {"COATCHECK_STACK_JSON": str(self.described)} | ({"COATCHECK_DESTINATION_PORT": ports[0]} if ports else {})

    def roles(self) -> Iterator[str]:
        """The stack's roles, without its name."""
        prefix = f"{self.stack}-"
        for page in self.iam.get_paginator("list_roles").paginate():
            yield from (role["RoleName"].removeprefix(prefix) for role in page["Roles"] if role["RoleName"].startswith(prefix))

    def policies(self, at: str) -> Iterator[tuple[str, dict]]:
        """The policies of a role, by name."""
        role = f"{self.stack}-{at}"
        for name in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            yield name, self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]

    def statements(self) -> set[tuple[str, str]]:
        """Role and sid of each statement that is there."""
        return {
            (role_of(at), statement["Sid"]) for at in self.roles() for _, policy in self.policies(at) for statement in policy["Statement"]
        }

    @contextmanager
    def without(self, row: Row) -> Iterator[dict[str, str]]:
        """Takes a statement away, and gives it back; yields what the suite has to know for it."""
        if row.at.startswith("policy-"):
            yield self._of_people(row)
            return
        role = f"{self.stack}-{row.at}"
        name, policy = self._policy(row)
        rest = [statement for statement in policy["Statement"] if statement["Sid"] != row.sid]
        try:
            if rest:
                self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**policy, "Statement": rest}))
            else:
                self.iam.delete_role_policy(RoleName=role, PolicyName=name)
            self._begin_anew(row)
            yield {}
        finally:
            self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
            self._begin_anew(row)

    def _policy(self, row: Row) -> tuple[str, dict]:
        if row.at not in set(self.roles()):
            raise Absent(f"the stack has no role {row.at}")
        for name, policy in self.policies(row.at):
            if any(statement["Sid"] == row.sid for statement in policy["Statement"]):
                return name, policy
        raise Absent(f"the role {row.at} has no statement {row.sid}")

    def _of_people(self, row: Row) -> dict[str, str]:
        """The suite makes people's policies from the stack's outputs: it gets others."""
        outputs = json.loads(self.described.read_text())
        policy = json.loads(outputs["operator_policies"][row.role])
        rest = [statement for statement in policy["Statement"] if statement["Sid"] != row.sid]
        if len(rest) == len(policy["Statement"]):
            raise Absent(f"the policy {row.role} has no statement {row.sid}")
        outputs["operator_policies"][row.role] = json.dumps({**policy, "Statement": rest})
        file = self.folder / "stack-without.json"
        file.write_text(json.dumps(outputs))
        return {"COATCHECK_STACK_JSON": str(file)}

    def _begin_anew(self, row: Row) -> None:
        """Ends what remembers keys, endpoints and rights."""
        if row.at.startswith("function-"):
            self._kill(f"{self.stack}-{row.at.removeprefix('function-')}")
        time.sleep(REMEMBERED_S)

    def _kill(self, function: str) -> None:
        """Kills the environments of a function, as tests/it/kills.rs does: the cloud's own processes, and no others."""
        cloud = (self.folder / "pids" / "ministack").read_text().split()[0]
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = (process / "stat").read_text().rsplit(") ", 1)[1].split(" ")[1]
                if parent != cloud:
                    continue
                if f"AWS_LAMBDA_FUNCTION_NAME={function}".encode() in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except (OSError, IndexError):
                # It is gone, or someone else's.
                continue
