"""What `magflow runs show` says of pages that failed."""

from __future__ import annotations

from datetime import UTC, datetime

from magflow_tui.cli.commands.runs import missed_sentence
from magflow_tui.contract.runs import MissedPage

AT = datetime(2026, 3, 14, 7, 12, tzinfo=UTC)
PAGE = MissedPage(window="offers", page=88, error="HTTP 500", attempts=12, first_failed=AT, last_failed=AT)


def test_a_missing_page_is_named_with_its_error_and_attempts() -> None:
    sentence = missed_sentence(PAGE)
    assert sentence.startswith("page 88 of offers is missing: HTTP 500 (12 attempts, the last at ")
    assert "(1 attempt, " in missed_sentence(PAGE.model_copy(update={"attempts": 1}))


def test_a_page_that_was_read_after_all_is_no_alarm() -> None:
    sentence = missed_sentence(PAGE.model_copy(update={"recovered": AT}))
    assert "was read after all" in sentence
    assert "missing" not in sentence
