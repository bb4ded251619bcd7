"""The steps from one version of the tables to the next, run by Alembic from inside the package.

A version is a four-digit number. `KNOWN` lists all of them, oldest first, so that opening a database that is up to
date does not have to import Alembic; a test keeps it equal to the files in `versions`.
"""

from __future__ import annotations

from typing import Final

KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
HEAD: Final = KNOWN[-1]
VERSION_TABLE: Final = "schema_version"
