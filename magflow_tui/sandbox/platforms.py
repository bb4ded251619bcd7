"""The five platforms as the marketplace itself knows them: language, country, zone, currency, VAT, labels.

The euro reached the Bulgarian platforms on 2026-01-01; Romanian rates changed
on 2025-08-01.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from magflow_tui.sandbox.config import PlatformName

VatKind = Literal["standard", "reduced", "book"]


@dataclass(frozen=True)
class Currency:
    """A currency and what one euro costs in it; `whole` prices have no cents."""

    code: str
    per_euro: float
    whole: bool = False


RON = Currency("RON", 5.05)
BGN = Currency("BGN", 1.95583)
EUR = Currency("EUR", 1.0)
HUF = Currency("HUF", 392.0, whole=True)


@dataclass(frozen=True)
class Market:
    """What one platform is made of. VAT is in 1/10 000 (2100 is 21 %), `phone` a prefix and how many digits follow."""

    name: PlatformName
    language: Literal["ro", "bg", "hu"]
    country: str
    zone: str
    phone: tuple[str, int]
    mail_host: str
    vendor: str
    payment_labels: tuple[str, str, str]

    def currency(self, local_date: str) -> Currency:
        """The currency of an order whose local date text (`YYYY-MM-DD…`) is given."""
        if self.language == "ro":
            return RON
        if self.language == "hu":
            return HUF
        return EUR if local_date >= "2026-01-01" else BGN

    def vat(self, kind: VatKind, local_date: str) -> int:
        """The VAT rate of a kind of product at a local date."""
        if self.language == "ro":
            since_august_2025 = local_date >= "2025-08-01"
            if kind == "standard":
                return 2100 if since_august_2025 else 1900
            if kind == "reduced":
                return 1100 if since_august_2025 else 900
            return 1100 if since_august_2025 else 500
        if self.language == "bg":
            return 2000 if kind == "standard" else 900
        return {"standard": 2700, "reduced": 1800, "book": 500}[kind]


_RO_PAYMENTS = ("RAMBURS", "Ordin de plată", "CARD online")
_BG_PAYMENTS = ("Наложен платеж", "Банков превод", "Онлайн с карта")
_HU_PAYMENTS = ("Utánvét", "Banki átutalás", "Bankkártya")

MARKETS: dict[PlatformName, Market] = {
    "emag-ro": Market(
        "emag-ro", "ro", "RO", "Europe/Bucharest", ("+407", 8), "emag.ro", "Brazi Verzi Trading SRL", _RO_PAYMENTS
    ),
    "emag-bg": Market("emag-bg", "bg", "BG", "Europe/Sofia", ("+3598", 8), "emag.bg", "Бяла Бреза ЕООД", _BG_PAYMENTS),
    "emag-hu": Market(
        "emag-hu", "hu", "HU", "Europe/Budapest", ("+3620", 7), "emag.hu", "Kék Cinke Kft.", _HU_PAYMENTS
    ),
    "fd-ro": Market(
        "fd-ro", "ro", "RO", "Europe/Bucharest", ("+407", 8), "fashiondays.ro", "Atelier Carpatin SRL", _RO_PAYMENTS
    ),
    "fd-bg": Market(
        "fd-bg", "bg", "BG", "Europe/Sofia", ("+3598", 8), "fashiondays.bg", "Росна Поляна АД", _BG_PAYMENTS
    ),
}
