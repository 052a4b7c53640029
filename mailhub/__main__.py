"""`python -m mailhub`, and the console scripts `mailhub` and `mh`."""

import os
import sys

from mailhub.cli.app import mailhub


def main() -> None:
    """Run one command line and exit with its code."""
    sys.exit(mailhub.run(sys.argv[1:], os.environ))


if __name__ == "__main__":
    main()
