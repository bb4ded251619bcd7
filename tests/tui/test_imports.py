from __future__ import annotations

import json
import subprocess
import sys

LOADED = "import json, sys; import {module}; print(json.dumps(sorted(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)], capture_output=True, text=True, check=True
    )
    return set(json.loads(result.stdout))


def test_the_shell_is_painted_without_what_only_the_engines_client_needs() -> None:
    loaded = loaded_by("magflow_tui.tui.app")
    assert not loaded & {"pydantic", "httpx", "sqlmodel", "sqlalchemy", "fastapi", "magflow_tui.contract"}
    assert not loaded & {"textual.widgets._data_table", "textual.widgets._footer"}


def test_naming_the_dashboard_does_not_import_textual() -> None:
    assert "textual" not in loaded_by("magflow_tui.tui")


def test_the_views_know_nothing_of_textual() -> None:
    views = "magflow_tui.tui.views.health, magflow_tui.tui.views.sync, magflow_tui.tui.views.limits"
    assert "textual" not in loaded_by(f"{views}, magflow_tui.tui.views.orders, magflow_tui.tui.views.requests")
