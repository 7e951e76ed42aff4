"""Entry of `python runner` and `python -m runner`."""

import sys
from pathlib import Path

if not __package__:
    # Run as a directory: that directory itself would be searched, and its modules are not top-level ones.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from runner.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
