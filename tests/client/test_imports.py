"""What a command pays for the client before it calls anything."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("httpx", "fastapi", "starlette", "uvicorn", "sqlalchemy", "sqlmodel", "textual", "magflow_tui.marketplace")


def test_the_client_loads_nothing_of_the_engine_and_no_http_library_until_it_calls() -> None:
    code = f"import sys, magflow_tui.client; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
