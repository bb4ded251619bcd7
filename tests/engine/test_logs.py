"""The log file holds no secret and nothing personal, and it rotates."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from magflow_tui.engine import logs
from magflow_tui.engine.logs import EngineLog, forms_of, redact


@pytest.fixture(autouse=True)
def _levels_as_before() -> Iterator[None]:
    names = [None, *logs._QUIET]
    before = {name: logging.getLogger(name).level for name in names}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Authorization: Basic dTpwYXNz", "dTpwYXNz"),
        ("headers {'authorization': 'Basic dTpwYXNz', 'x': 1}", "dTpwYXNz"),
        ("sent Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc now", "eyJhbGci"),
        ('{"password": "hunter2"}', "hunter2"),
        ("password=hunter2&x=1", "hunter2"),
        ("GET https://user:hunter2@marketplace.example/api-3", "hunter2"),
        ("customer ana.popescu+x@example.ro wrote", "ana.popescu"),
        ("called 0722123456 twice", "0722123456"),
        ("called +40 722 123 456 twice", "722 123 456"),
        ("called 0040722123456", "722123456"),
        ("phone 0888 123 456", "0888 123"),
    ],
)
def test_secrets_and_personal_data_are_taken_out(line: str, secret: str) -> None:
    assert secret not in redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "order 531234567 of shop: status 2, total 312.40 RON",
        "2026-03-02 10:00:00,123 page 12 of 97 in 0.123 s",
        "window 2026-02-01 00:00:00 to 2026-02-28 23:59:59, type 3",
        "run 12 of orders of shop-ro: 10000 items, 429 answered 3 times",
        "listening on 127.0.0.1:8100",
        "http://127.0.0.1:38211/api-3/order/read",
    ],
)
def test_what_an_operator_needs_stays(line: str) -> None:
    assert redact(line) == line


def test_known_passwords_are_hidden_in_messages_arguments_and_tracebacks(tmp_path: Path) -> None:
    log = EngineLog(tmp_path / "engine.log", "info")
    log.start()
    log.hide(forms_of("user", "Zebra-Quartz"))
    logger = logging.getLogger("magflow_tui.test")
    try:
        logger.info("plain %s", "Zebra-Quartz")
        logger.info("header %s", forms_of("user", "Zebra-Quartz")[1])
        try:
            raise ValueError("inside Zebra-Quartz")
        except ValueError:
            logger.exception("it failed")
    finally:
        log.stop()
    text = (tmp_path / "engine.log").read_text()
    assert "Zebra" not in text
    assert forms_of("user", "Zebra-Quartz")[1] not in text
    assert text.count("[hidden]") == 4
    assert "ValueError" in text


def test_the_file_rotates_and_old_ones_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2000)
    monkeypatch.setattr(logs, "KEPT_FILES", 2)
    log = EngineLog(tmp_path / "engine.log", "info")
    log.start()
    for number in range(200):
        logging.getLogger("magflow_tui.test").info("line %d", number)
    log.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["engine.log", "engine.log.1", "engine.log.2"]
    assert "line 199" in (tmp_path / "engine.log").read_text()


def test_http_libraries_are_quiet_at_info(tmp_path: Path) -> None:
    log = EngineLog(tmp_path / "engine.log", "info")
    log.start()
    logging.getLogger("httpx").info("HTTP Request: POST https://x")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    log.stop()
    assert (tmp_path / "engine.log").read_text() == ""
