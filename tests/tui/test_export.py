"""Exports: what is written is what was there, is nobody's formula, and is there whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import errno
import io
import json
import resource
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.output.export import Row, cell, encoder, export_rows
from magflow_tui.tui.output.names import Format
from magflow_tui.tui.output.private_file import failure_of, shown_path, unused, write_private

TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("=+-@\t\r\n\",;'")), max_size=20)
VALUES = st.one_of(TEXTS, st.integers(), st.none(), st.booleans())
ROWS = st.lists(st.fixed_dictionaries({"id": st.integers(), "name": VALUES, "note": VALUES}), max_size=6)


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(entry.name for entry in folder.iterdir())


def encoded(kind: Format, pages: Sequence[Sequence[Row]]) -> str:
    encode = encoder(kind, ("id", "name", "note"))
    return encode.begin() + "".join(encode.rows(page) for page in pages) + encode.end()


@given(first=ROWS, second=ROWS)
def test_json_holds_every_row_of_every_page(first: list[Row], second: list[Row]) -> None:
    assert json.loads(encoded("json", [first, second])) == [*first, *second]


@given(first=ROWS, second=ROWS)
def test_a_spreadsheet_reads_every_cell_and_none_as_a_formula(first: list[Row], second: list[Row]) -> None:
    header, *lines = csv.reader(io.StringIO(encoded("csv", [first, second]), newline=""))
    assert header == ["id", "name", "note"]
    assert len(lines) == len(first) + len(second)
    for line, row in zip(lines, [*first, *second], strict=True):
        for text, value in zip(line, (row["id"], row["name"], row["note"]), strict=True):
            if isinstance(value, str):
                assert text in (value, f"'{value}")
                assert not text.lstrip().startswith(("=", "+", "@"))
            elif isinstance(value, int) and not isinstance(value, bool):
                assert text == str(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+40722000111", "'+40722000111"),
        ("-2+3", "'-2+3"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-6.00", "-6.00"),
        (-6, "-6"),
        (None, ""),
        (True, "true"),
        (["a", "b"], '["a", "b"]'),
        ("Ana", "Ana"),
    ],
)
def test_only_what_a_spreadsheet_would_calculate_is_changed(value: object, shown: str) -> None:
    assert cell(value) == shown


async def two_pages() -> AsyncIterator[Sequence[Row]]:
    yield [{"id": 1, "name": "șosete"}]
    yield [{"id": 2, "name": "=x"}]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("csv", "\ufeffid,name\r\n1,șosete\r\n2,'=x\r\n"),
        ("json", '[\n{"id": 1, "name": "șosete"},\n{"id": 2, "name": "=x"}\n]\n'),
    ],
)
async def test_an_export_is_private_and_whole(tmp_path: Path, kind: Format, content: str) -> None:
    seen: list[int] = []
    path = tmp_path / "exports" / f"orders.{kind}"
    assert await export_rows(two_pages(), list, path, kind, ("id", "name"), seen.append) == 2
    assert path.read_bytes().decode() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert seen == [1, 2]
    assert names(path.parent) == [path.name]


async def test_an_export_that_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[Sequence[Row]]:
        yield [{"id": 1}]
        raise ValueError("the engine went away")

    with pytest.raises(ValueError, match="went away"):
        await export_rows(breaking(), list, tmp_path / "runs.json", "json", ("id",), lambda _: None)
    assert names(tmp_path) == []


async def test_a_cancelled_export_leaves_nothing_and_stops_reading(tmp_path: Path) -> None:
    first_written = asyncio.Event()

    async def endless() -> AsyncIterator[Sequence[Row]]:
        while True:
            yield [{"id": 1}]
            first_written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(export_rows(endless(), list, tmp_path / "runs.csv", "csv", ("id",), lambda _: None))
    await first_written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(tmp_path) == []


@contextlib.contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_ends_an_export_and_the_older_one_stays(tmp_path: Path) -> None:
    async def large() -> AsyncIterator[Sequence[Row]]:
        for number in range(100):
            yield [{"id": number, "name": "x" * 1000}]

    path = write_private(tmp_path / "orders.json", "[]")
    with small_files(20_000), pytest.raises(OSError, match="large") as caught:
        await export_rows(large(), list, path, "json", ("id",), lambda _: None)
    assert failure_of(caught.value) == "full"
    assert caught.value.filename == str(path)
    assert names(tmp_path) == ["orders.json"]
    assert path.read_bytes() == b"[]"


@pytest.mark.parametrize(
    ("number", "failure"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EACCES, "denied"),
        (errno.EROFS, "denied"),
        (errno.EIO, "failed"),
    ],
)
def test_what_went_wrong_with_a_file_has_a_name(number: int, failure: str) -> None:
    assert failure_of(OSError(number, "x")) == failure


def test_a_file_in_place_of_a_folder_is_told_as_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("")
    with pytest.raises(OSError, match="exist"):
        write_private(tmp_path / "exports" / "x.csv", "text")


def test_an_export_never_takes_the_name_of_another(tmp_path: Path) -> None:
    for expected in ("orders.csv", "orders-2.csv", "orders-3.csv"):
        path = unused(tmp_path, "orders", "csv")
        assert path.name == expected
        write_private(path, "")


def test_paths_are_shown_from_home() -> None:
    assert shown_path(Path("/home/ana/data/x.csv"), Path("/home/ana")) == "~/data/x.csv"
    assert shown_path(Path("/srv/x.csv"), Path("/home/ana")) == "/srv/x.csv"
