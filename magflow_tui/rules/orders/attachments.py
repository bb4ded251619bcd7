"""Invoices and other files by address: PDF, names of 60 characters, addresses of 1024 (API 4.4.7 §5.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.schema import Attachment
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck, Path

_SOURCE: Final = "API 4.4.7 §5.7"

URL: Final = Rule(
    "attachment.url",
    "error",
    _SOURCE,
    Words("An attachment has an address", "Un atașament are o adresă"),
    Words("an http or https address", "o adresă http sau https"),
    Words(
        "The attachment has no http or https address: it cannot be fetched.",
        "Atașamentul nu are o adresă http sau https: nu poate fi descărcat.",
    ),
)
URL_LENGTH: Final = Rule(
    "attachment.url.length",
    "warning",
    _SOURCE,
    Words("Addresses have at most 1024 characters", "Adresele au cel mult 1024 de caractere"),
    Words("at most 1024 characters", "cel mult 1024 de caractere"),
    Words("The address has too many characters: {length}.", "Adresa are prea multe caractere: {length}."),
)
NAME_LENGTH: Final = Rule(
    "attachment.name.length",
    "warning",
    _SOURCE,
    Words("Names have at most 60 characters", "Numele au cel mult 60 de caractere"),
    Words("at most 60 characters", "cel mult 60 de caractere"),
    Words("The name has too many characters: {length}.", "Numele are prea multe caractere: {length}."),
)
NOT_PDF: Final = Rule(
    "attachment.pdf",
    "info",
    _SOURCE,
    Words("Attachments are PDF files", "Atașamentele sunt fișiere PDF"),
    Words("an address ending in .pdf", "o adresă care se termină în .pdf"),
    Words("{value} does not look like a PDF file.", "{value} nu pare să fie un fișier PDF."),
)
TYPE: Final = Rule(
    "attachment.type",
    "info",
    _SOURCE,
    Words("The type is a known one", "Tipul este cunoscut"),
    Words("1, 3, 4, 8, 10, 11 or 13", "1, 3, 4, 8, 10, 11 sau 13"),
    Words(
        "Attachments of type {value} have not been seen before.",
        "Atașamente de tipul {value} nu au mai fost întâlnite.",
    ),
)

RULES: Final = (URL, URL_LENGTH, NAME_LENGTH, NOT_PDF, TYPE)

_TYPES: Final = frozenset((None, 1, 3, 4, 8, 10, 11, 13))
_NAME: Final = 60
_URL: Final = 1024


def check_order_attachments(check: OrderCheck) -> None:
    """The attachments of the order itself, such as its invoice, are sound."""
    if check.order.attachments:
        check_attachments(check, check.order.attachments, ("attachments",))


def check_attachments(check: OrderCheck, attachments: tuple[Attachment, ...], path: Path) -> None:
    """Attachments can be fetched, and are what they should be."""
    for number, attachment in enumerate(attachments):
        _check_attachment(check, attachment, (*path, number))


def _check_attachment(check: OrderCheck, attachment: Attachment, path: Path) -> None:
    url = attachment.url or ""
    if not url.lower().startswith(("https://", "http://")):
        check.report(URL, *path, "url")
    elif len(url) > _URL:
        check.report(URL_LENGTH, *path, "url", length=len(url))
    elif not url.lower().partition("?")[0].endswith(".pdf"):
        check.report(NOT_PDF, *path, "url")
    if attachment.name is not None and len(attachment.name) > _NAME:
        check.report(NAME_LENGTH, *path, "name", length=len(attachment.name))
    if attachment.type not in _TYPES:
        check.report(TYPE, *path, "type")


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_order_attachments,)
