"""check: whether statements.json is whole. run DIR [ROLE/SID]...: takes statements away on a local cloud."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import rows, run, sources
from .cloud import Cloud


def check() -> int:
    """Prints what is wrong with statements.json."""
    document = rows.read()
    wrong = list(rows.wrong(document, sources.known(), sources.sids(), set(sources.tests())))
    for line in wrong:
        print(line, file=sys.stderr)
    found = list(rows.rows(document))
    tested = sum(row.test is not None for row in found)
    print(f"{len(found)} statements: {tested} with a test, {len(found) - tested} with a reason; {len(wrong)} wrong", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    """Reads the arguments."""
    match sys.argv[1:]:
        case ["check"]:
            return check()
        case ["run", folder, *chosen]:
            # The check does not need it.
            import botocore.session

            iam = botocore.session.get_session().create_client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
            return run.run(Cloud(Path(folder), iam), chosen)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
