"""Amounts as sentences show them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_SMALLEST: Final = Decimal("0.0001")


def money(amount: Decimal) -> str:
    """Two decimals, or as many as the amount has up to four: `312.40`, `-2.7548`."""
    shown = amount.quantize(_SMALLEST) if abs(amount) < 10**20 else amount
    text = f"{shown:f}"
    while text[-3:-2] != "." and text.endswith("0") and "." in text:
        text = text[:-1]
    return text if "." in text else f"{text}.00"
