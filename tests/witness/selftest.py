"""Runs the tests of the witnesses themselves: a witness must find a planted fault."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Runs every tests/test_*.py; fails if there is none."""
    suite = unittest.defaultTestLoader.discover(str(HERE / "tests"), top_level_dir=str(HERE.parent))
    outcome = unittest.TextTestRunner(verbosity=1).run(suite)
    return 0 if outcome.wasSuccessful() and outcome.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
