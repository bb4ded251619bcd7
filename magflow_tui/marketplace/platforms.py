"""The marketplaces a seller can have an account on, and what follows from each: address, currency, clock, language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class CurrencyChange:
    """From this platform-local day on (inclusive) the platform trades in another currency."""

    since: date
    currency: str


@dataclass(frozen=True)
class Platform:
    """One marketplace. `base_url` ends in `/api-3`, without a slash behind it."""

    name: str
    title: str
    base_url: str
    country: str
    locale: str
    timezone: str
    first_currency: str
    currency_changes: tuple[CurrencyChange, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def currency(self) -> str:
        """The currency of the latest days (ISO 4217)."""
        return self.currency_changes[-1].currency if self.currency_changes else self.first_currency

    def currency_on(self, day: date) -> str:
        """The currency (ISO 4217) of orders placed on a platform-local day."""
        currency = self.first_currency
        for change in self.currency_changes:
            if day >= change.since:
                currency = change.currency
        return currency


# Bulgaria joined the euro on 2026-01-01; the API documents up to 4.4.9 still say BGN.
_EURO_IN_BULGARIA = (CurrencyChange(date(2026, 1, 1), "EUR"),)

#: By the name that settings use. Hosts: API 4.4.8 §1.1.
PLATFORMS: Final[Mapping[str, Platform]] = MappingProxyType(
    {
        platform.name: platform
        for platform in (
            Platform(
                name="emag-ro",
                title="eMAG România",
                base_url="https://marketplace-api.emag.ro/api-3",
                country="RO",
                locale="ro_RO",
                timezone="Europe/Bucharest",
                first_currency="RON",
            ),
            Platform(
                name="emag-bg",
                title="eMAG България",
                base_url="https://marketplace-api.emag.bg/api-3",
                country="BG",
                locale="bg_BG",
                timezone="Europe/Sofia",
                first_currency="BGN",
                currency_changes=_EURO_IN_BULGARIA,
            ),
            Platform(
                name="emag-hu",
                title="eMAG Magyarország",
                base_url="https://marketplace-api.emag.hu/api-3",
                country="HU",
                locale="hu_HU",
                timezone="Europe/Budapest",
                first_currency="HUF",
            ),
            Platform(
                name="fd-ro",
                title="Fashion Days România",
                base_url="https://marketplace-ro-api.fashiondays.com/api-3",
                country="RO",
                locale="ro_RO",
                timezone="Europe/Bucharest",
                first_currency="RON",
            ),
            Platform(
                name="fd-bg",
                title="Fashion Days България",
                base_url="https://marketplace-bg-api.fashiondays.com/api-3",
                country="BG",
                locale="bg_BG",
                timezone="Europe/Sofia",
                first_currency="BGN",
                currency_changes=_EURO_IN_BULGARIA,
            ),
        )
    }
)
