"""check: whether statements.json is whole. run DIR [ROLE/SID]...: takes statements away on a local cloud."""

from __future__ import annotations

import sys
from pathlib import Path

from . import rows, sources


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
            # It needs botocore, which the check does not.
            from . import run

            return run.run(Path(folder), chosen)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
