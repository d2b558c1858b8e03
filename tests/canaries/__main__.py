"""gather DIR: what the running local cloud of DIR holds, into DIR/seen. search DIR [--whole]: what is where it may not
be; after a whole run of the suite, all kinds and all places must be there."""

from __future__ import annotations

import sys
from pathlib import Path

from . import search

# Without one of these, the search would prove nothing.
MUST_HAVE = (
    "logs/ministack.log", "logs/gateway-emulator.log", "logs/pipes-emulator.log", "seen/log-groups/aws_lambda_", "seen/answers.jsonl",
    "seen/dead-letter-attributes", "seen/metrics", "seen/plan", "terraform.tfstate",
)


def main() -> int:
    """Reads the arguments."""
    match sys.argv[1:]:
        case ["gather", folder]:
            # It needs botocore, which the search does not.
            from . import gather

            gather.gather(Path(folder))
            return 0
        case ["search", folder, *whole]:
            kinds, places = (search.KINDS, MUST_HAVE) if whole else ((), ())
            wrong = search.search(Path(folder), kinds, places)
            for line in wrong:
                print(line, file=sys.stderr)
            return 1 if wrong else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
