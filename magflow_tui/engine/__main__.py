"""`python -m magflow_tui.engine`: one engine in the foreground."""

from __future__ import annotations

import sys

from magflow_tui.engine.process import parse, run

if __name__ == "__main__":
    sys.exit(run(parse(sys.argv[1:])))
