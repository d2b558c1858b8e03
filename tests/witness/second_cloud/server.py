"""moto's server with its gaps patched: python -m witness.second_cloud.server PORT"""

import sys

from moto.server import main

from witness.second_cloud import gaps

if __name__ == "__main__":
    gaps.patch()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
