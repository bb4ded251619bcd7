"""`python -m magflow_tui` is the `magflow` command."""

from __future__ import annotations

from magflow_tui.cli import main

if __name__ == "__main__":
    main()
