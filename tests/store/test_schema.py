"""Opening a database, and the tables it must have."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from magflow_tui.store import Store, StoreError, StoreVersionError
from magflow_tui.store.migrations import HEAD, KNOWN, VERSION_TABLE
from magflow_tui.store.tables import metadata


async def test_the_migrations_make_exactly_the_tables_of_the_models(shelf):
    def differences(connection):
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert await shelf.store.read(differences) == []


def test_the_known_versions_are_those_of_the_migration_files():
    folder = ScriptDirectory(str(Path(sys.modules["magflow_tui.store.migrations"].__file__).parent))
    assert tuple(reversed([script.revision for script in folder.walk_revisions()])) == KNOWN
    assert folder.get_current_head() == HEAD


async def test_what_was_stored_is_there_after_reopening(path, shelf, make):
    await shelf.put(make["order"](1))
    await shelf.store.close()
    async with await Store.open(path) as again:
        assert (await again.get_order(1)).row.id == 1


async def test_opening_an_up_to_date_database_does_not_import_alembic(path):
    async with await Store.open(path):
        pass
    script = (
        "import asyncio, sys; from pathlib import Path; from magflow_tui.store import Store\n"
        "async def main():\n"
        "    async with await Store.open(Path(sys.argv[1])): print('alembic' in sys.modules)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path), stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    assert printed.strip() == b"False"


async def test_a_database_of_a_newer_magflow_is_refused_naming_both_versions_and_left_alone(path):
    async with await Store.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '0099'")  # noqa: S608
        connection.commit()
    with pytest.raises(StoreVersionError) as refused:
        await Store.open(path)
    assert (refused.value.found, refused.value.supported) == ("0099", HEAD)
    assert "0099" in refused.value.message
    assert HEAD in refused.value.message
    assert refused.value.hint
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()  # noqa: S608
    assert found == [("0099",)]


async def test_a_database_of_another_program_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        await Store.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


async def test_a_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"not a database at all, " * 500)
    with pytest.raises(StoreError, match="not a database") as refused:
        await Store.open(path)
    assert refused.value.hint


@pytest.mark.parametrize("place", ["missing/magflow.db", "file/magflow.db"])
async def test_a_place_that_cannot_hold_a_database_is_named(tmp_path, place):
    (tmp_path / "file").write_text("a regular file")
    with pytest.raises(StoreError, match=r"magflow\.db"):
        await Store.open(tmp_path / place)


async def test_the_file_can_be_read_by_its_owner_alone(path, shelf, make):
    await shelf.put(make["order"](1))
    modes = {file.name: file.stat().st_mode & 0o077 for file in path.parent.glob("magflow.db*")}
    assert len(modes) >= 2
    assert set(modes.values()) == {0}


async def test_a_copy_of_the_files_taken_while_it_is_open_opens_too(path, shelf, make, tmp_path):
    await shelf.put(*(make["order"](number) for number in range(1, 50)))
    (tmp_path / "copy").mkdir()
    for file in path.parent.glob("magflow.db*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, tmp_path / "copy" / file.name)
    async with await Store.open(tmp_path / "copy" / "magflow.db") as copy:
        assert (await copy.counts())["main"].orders == 49
