"""Platforms: addresses, currencies, clocks."""

from __future__ import annotations

from datetime import date

import pytest

from magflow_tui.marketplace.platforms import PLATFORMS


def test_the_five_platforms_are_there_by_the_names_settings_use() -> None:
    assert set(PLATFORMS) == {"emag-ro", "emag-bg", "emag-hu", "fd-ro", "fd-bg"}
    assert all(name == platform.name for name, platform in PLATFORMS.items())


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_every_address_is_https_and_ends_in_api_3(platform: object) -> None:
    url = platform.base_url  # type: ignore[attr-defined]
    assert url.startswith("https://")
    assert url.endswith("/api-3")


@pytest.mark.parametrize("name", ["emag-bg", "fd-bg"])
def test_bulgaria_trades_in_leva_until_the_last_day_of_2025_and_in_euro_after(name: str) -> None:
    bulgaria = PLATFORMS[name]
    assert bulgaria.currency_on(date(2025, 12, 31)) == "BGN"
    assert bulgaria.currency_on(date(2026, 1, 1)) == "EUR"
    assert bulgaria.currency == "EUR"


def test_the_others_keep_their_currency() -> None:
    currencies = {name: PLATFORMS[name].currency_on(date(2026, 5, 1)) for name in ("emag-ro", "emag-hu", "fd-ro")}
    assert currencies == {"emag-ro": "RON", "emag-hu": "HUF", "fd-ro": "RON"}


def test_every_clock_is_a_real_time_zone() -> None:
    assert {str(platform.zone) for platform in PLATFORMS.values()} == {
        "Europe/Bucharest",
        "Europe/Sofia",
        "Europe/Budapest",
    }
