"""`magflow limits`: what is set of the limits and by whom, the forecast for people, and setting it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def limits(synced: tuple[Any, Any]) -> Iterator[Any]:
    """`limits WORDS…` on an engine that has synced; every cap and reserve is taken off again."""
    shell, _ = synced

    def run(*words: str) -> Any:
        return shell.call("limits", *words)

    yield run
    for account, pools in run("--json").document["accounts"].items():
        for pool, gauge in pools.items():
            if gauge["reserve_per_minute"]:
                run("reserve", account, pool, "off")
            for job in gauge["caps"]:
                run("cap", account, pool, job, "off")


def test_a_cap_is_set_told_with_who_set_it_and_taken_off(limits: Any) -> None:
    done = limits("cap", "MAIN", "other", "offers", "120", "--by", "ana")
    assert (done.code, done.out) == (0, "Sync offers of MAIN may make 120 requests a minute in 'other'.\n")
    row = next(line for line in limits().out.splitlines() if "cap of" in line)
    assert row.split()[:7] == ["main", "other", "cap", "of", "sync", "offers", "120"]
    assert " ana " in row
    done = limits("cap", "main", "other", "sync offers", "off", "--json")
    assert done.document == {"message": "Sync offers of MAIN is not capped in 'other' any more."}
    assert "No job is capped, and nothing is kept for operators." in limits().out


def test_a_reserve_is_set_and_taken_off(limits: Any) -> None:
    assert (
        "20 requests a minute of 'other' are kept for operators of MAIN."
        in limits("reserve", "main", "other", "20").out
    )
    assert "kept for operators" in limits("show").out
    assert "as the settings say" in limits("reserve", "main", "other", "off").out


def test_people_are_told_what_is_to_spare_and_programs_what_they_always_were(limits: Any) -> None:
    out = limits().out
    assert "Forecast, arithmetic on the last 60 s:" in out
    assert re.search(r"orders of main: \d+ to spare a minute", out)
    before = set(limits("--json").document)
    limits("cap", "main", "other", "offers", "120")
    document = limits("--json").document
    assert set(document) == before
    assert document["accounts"]["main"]["other"]["caps"] == {"sync offers": 120}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cap", "nobody", "other", "offers", "10"), "There is no account nobody"),
        (("cap", "main", "other", "offers", "180"), "is 1 to 179 requests a minute, not 180"),
        (("cap", "main", "other", "offers", "0"), "'0' is not a number of requests a minute from 1 on, nor off"),
        (("cap", "main", "other", "actions", "10"), "no job that can be capped; there are: orders, offers, rma"),
        (("cap", "main", "others", "offers", "10"), "'others' is not one of"),
        (("reserve", "main", "other", "lots"), "'lots' is not a number of requests a minute from 0 on"),
        (("reserve", "main", "orders", "720"), "is 0 to 719 requests a minute, not 720"),
    ],
)
def test_what_cannot_be_set_is_refused_in_a_sentence(limits: Any, words: tuple[str, ...], said: str) -> None:
    done = limits(*words)
    assert done.code not in (0, 1)
    assert said in done.err
    assert "No job is capped" in limits().out
