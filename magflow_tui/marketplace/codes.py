"""The marketplace's numbers as words, in Romanian and English: statuses, payment modes, types, cancellation reasons.

Every list is open. The marketplace adds codes without notice, so a code that is not listed is named as unknown with
its number and is never an error here. Sources: API 4.4.7 (statuses, modes, reasons 1–39), 4.4.8 (reasons 40–43).
Importing this module costs nothing but its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, Literal

Language = Literal["ro", "en"]


class OrderStatus(IntEnum):
    CANCELLED = 0
    NEW = 1
    IN_PROGRESS = 2
    PREPARED = 3
    FINALISED = 4
    RETURNED = 5


class OrderType(IntEnum):
    """Who ships. The marketplace hides type 2 unless a read asks for it."""

    FBE = 2
    SELLER = 3


class PaymentMode(IntEnum):
    CASH_ON_DELIVERY = 1
    BANK_TRANSFER = 2
    CARD = 3


class OfferStatus(IntEnum):
    INACTIVE = 0
    ACTIVE = 1
    END_OF_LIFE = 2


class RmaStatus(IntEnum):
    INCOMPLETE = 1
    NEW = 2
    ACKNOWLEDGED = 3
    REFUSED = 4
    CANCELLED = 5
    RECEIVED = 6
    FINALISED = 7


#: Ways of delivery that are known; the marketplace sends others as free text (`Livrare 6H`).
DELIVERY_MODES: Final[Mapping[str, Mapping[Language, str]]] = MappingProxyType(
    {
        "courier": {"ro": "Curier", "en": "Courier"},
        "pickup": {"ro": "Ridicare personală", "en": "Pickup"},
        "Livrare 6H": {"ro": "Livrare 6H", "en": "Delivery in 6 hours"},
    }
)

#: Values of an offer's `validation_status` with which a product can be sold (API 4.4.7).
SELLABLE_VALIDATION_STATUSES: Final = frozenset({3, 9, 11, 12})

#: Values of an offer's `translation_validation_status` with which its product is shown (API 4.4.8).
SHOWN_TRANSLATION_STATUSES: Final = SELLABLE_VALIDATION_STATUSES | {17}

#: Value of an offer's `offer_validation_status` that means its price is valid.
VALID_OFFER: Final = 1

_ORDER_STATUSES: Final[Mapping[int, Mapping[Language, str]]] = {
    0: {"ro": "Anulată", "en": "Cancelled"},
    1: {"ro": "Nouă", "en": "New"},
    2: {"ro": "În procesare", "en": "In progress"},
    3: {"ro": "Pregătită", "en": "Prepared"},
    4: {"ro": "Finalizată", "en": "Finalised"},
    5: {"ro": "Returnată", "en": "Returned"},
}

_PAYMENT_MODES: Final[Mapping[int, Mapping[Language, str]]] = {
    1: {"ro": "Numerar la livrare (ramburs)", "en": "Cash on delivery"},
    2: {"ro": "Transfer bancar", "en": "Bank transfer"},
    3: {"ro": "Plată cu cardul online", "en": "Online card"},
}

_ORDER_TYPES: Final[Mapping[int, Mapping[Language, str]]] = {
    2: {"ro": "Livrată de eMAG (FBE)", "en": "Fulfilled by eMAG (FBE)"},
    3: {"ro": "Livrată de vânzător", "en": "Fulfilled by the seller"},
}

_OFFER_STATUSES: Final[Mapping[int, Mapping[Language, str]]] = {
    0: {"ro": "Inactivă", "en": "Inactive"},
    1: {"ro": "Activă", "en": "Active"},
    2: {"ro": "Scoasă din vânzare", "en": "End of life"},
}

_VALIDATION_STATUSES: Final[Mapping[int, Mapping[Language, str]]] = {
    0: {"ro": "Ciornă", "en": "Draft"},
    1: {"ro": "În validare Marketplace", "en": "In Marketplace validation"},
    2: {"ro": "Brand în așteptare", "en": "Brand pending"},
    3: {"ro": "EAN în așteptarea aprobării", "en": "EAN approval pending"},
    4: {"ro": "Documentație nouă în așteptare", "en": "New documentation pending"},
    5: {"ro": "Brand respins", "en": "Brand rejected"},
    6: {"ro": "EAN respins", "en": "EAN rejected"},
    8: {"ro": "Documentație respinsă", "en": "Documentation rejected"},
    9: {"ro": "Aprobată", "en": "Approved"},
    10: {"ro": "Blocată", "en": "Blocked"},
    11: {"ro": "Actualizare în așteptarea aprobării", "en": "Update awaiting approval"},
    12: {"ro": "Actualizare respinsă", "en": "Update rejected"},
}

#: What an offer's translation has besides the documentation's own statuses (API 4.4.8).
_TRANSLATION_STATUSES: Final[Mapping[int, Mapping[Language, str]]] = {
    **_VALIDATION_STATUSES,
    13: {"ro": "Așteaptă o ofertă vandabilă", "en": "Waiting for a saleable offer"},
    14: {"ro": "Eșuată", "en": "Failed"},
    15: {"ro": "În curs", "en": "In progress"},
    16: {"ro": "În așteptare", "en": "Pending"},
    17: {"ro": "Parțială", "en": "Partial"},
}

_RMA_STATUSES: Final[Mapping[int, Mapping[Language, str]]] = {
    1: {"ro": "Incomplet", "en": "Incomplete"},
    2: {"ro": "Nou", "en": "New"},
    3: {"ro": "Confirmat", "en": "Acknowledged"},
    4: {"ro": "Refuzat", "en": "Refused"},
    5: {"ro": "Anulat", "en": "Cancelled"},
    6: {"ro": "Recepționat", "en": "Received"},
    7: {"ro": "Finalizat", "en": "Finalised"},
}

_REASONS: Final[tuple[tuple[int, str, str], ...]] = (
    (1, "Out of stock", "Lipsă stoc"),
    (2, "Cancelled by the client", "Anulat de client"),
    (3, "Client cannot be contacted", "Clientul nu poate fi contactat"),
    (15, "Courier delivery term too long", "Termen livrare curier prea mare"),
    (16, "Transport tax too high", "Taxă transport prea mare"),
    (
        17,
        "Long term until product reaches the warehouse",
        "Termen livrare prea mare până la intrarea produsului în stoc",
    ),
    (18, "Better offer in another store", "Ofertă mai bună în alt magazin"),
    (19, "Payment order not paid", "Plata nu a fost efectuată"),
    (20, "Undelivered, courier reasons", "Comandă nelivrată (motive curier)"),
    (21, "Others", "Alte motive"),
    (22, "Order incomplete – automatic cancellation", "Comandă incompletă – anulare automată"),
    (23, "Customer changed his mind", "Clientul s-a răzgândit"),
    (24, "By customer request", "La solicitarea clientului"),
    (25, "Failed delivery", "Livrare eșuată"),
    (26, "Late shipment", "Expediere întârziată"),
    (27, "Irrelevant order", "Comandă irelevantă"),
    (28, "Cancelled by SuperAdmin on seller request", "Anulat de SuperAdmin la cererea sellerului"),
    (29, "Blacklisted customer", "Client în lista neagră"),
    (30, "No VAT invoice", "Lipsă factură cu TVA"),
    (31, "Marketplace partner requested the cancellation", "Partener Marketplace eMAG a cerut anularea"),
    (32, "Delivery estimate too long", "Timp estimat de livrare prea lung"),
    (33, "Product no longer in partner's stock", "Produsul nu mai este disponibil în stocul partenerului"),
    (34, "Other reasons", "Alte motive (generic)"),
    (35, "Delivery too expensive", "Livrarea este prea scumpă"),
    (36, "Better price elsewhere", "Clientul a găsit preț mai bun în altă parte"),
    (37, "Customer placed another similar eMAG order", "Clientul a plasat o comandă similară în eMAG"),
    (38, "Customer no longer needs the product", "Clientul s-a răzgândit, nu mai dorește produsul"),
    (39, "Can buy only by instalments", "Client eligibil doar pentru achiziție în rate"),
    (40, "Other reasons EIS", "Alte motive EIS"),
    (41, "Out of stock – instalments", "Lipsă stoc – rate"),
    (
        42,
        "No longer in partner's stock – instalments",
        "Produsul nu mai este în stocul partenerului – rate",
    ),
    (43, "Delivery estimate too long (instalments)", "Timp estimat de livrare prea lung (rate)"),
)

#: The 32 reasons a cancellation can give, code to Romanian text. Codes 4–14 do not exist.
CANCELLATION_REASONS: Final[Mapping[int, str]] = MappingProxyType({code: ro for code, _, ro in _REASONS})

#: The same reasons, code to English text.
CANCELLATION_REASONS_EN: Final[Mapping[int, str]] = MappingProxyType({code: en for code, en, _ in _REASONS})


def get_cancellation_reason_text(code: int | None, language: Language = "ro") -> str:
    """What a cancellation reason says; `Motiv necunoscut (99)` for a code that is not listed."""
    reasons = CANCELLATION_REASONS if language == "ro" else CANCELLATION_REASONS_EN
    if code is not None and code in reasons:
        return reasons[code]
    return _unknown({"ro": "Motiv necunoscut", "en": "Unknown reason"}, code, language)


def get_order_status_text(status: int | None, language: Language = "ro") -> str:
    """What an order's status is called; `Status necunoscut (9)` for a code that is not listed."""
    return _text(_ORDER_STATUSES, {"ro": "Status necunoscut", "en": "Unknown status"}, status, language)


def get_payment_mode_text(mode: int | None, language: Language = "ro") -> str:
    """What a payment mode is called; `Mod de plată necunoscut (9)` for a code that is not listed."""
    return _text(_PAYMENT_MODES, {"ro": "Mod de plată necunoscut", "en": "Unknown payment mode"}, mode, language)


def get_order_type_text(order_type: int | None, language: Language = "ro") -> str:
    """Who ships an order, in words."""
    return _text(_ORDER_TYPES, {"ro": "Tip necunoscut", "en": "Unknown type"}, order_type, language)


def get_delivery_mode_text(mode: str | None, language: Language = "ro") -> str:
    """What a delivery mode is called. The list is open and free text, so an unknown mode is its own name."""
    if not mode:
        return {"ro": "Livrare necunoscută", "en": "Unknown delivery"}[language]
    labels = DELIVERY_MODES.get(mode)
    return labels[language] if labels else mode


def get_offer_status_text(status: int | None, language: Language = "ro") -> str:
    """What an offer's status is called."""
    return _text(_OFFER_STATUSES, {"ro": "Status necunoscut", "en": "Unknown status"}, status, language)


def get_validation_status_text(value: int | None, language: Language = "ro") -> str:
    """What an offer's documentation validation status means."""
    return _text(_VALIDATION_STATUSES, {"ro": "Validare necunoscută", "en": "Unknown validation"}, value, language)


def get_translation_status_text(value: int | None, language: Language = "ro") -> str:
    """What an offer's translation validation status means."""
    return _text(_TRANSLATION_STATUSES, {"ro": "Traducere necunoscută", "en": "Unknown translation"}, value, language)


def get_rma_status_text(status: int | None, language: Language = "ro") -> str:
    """What a return's status is called."""
    return _text(_RMA_STATUSES, {"ro": "Status necunoscut", "en": "Unknown status"}, status, language)


def _text(
    table: Mapping[int, Mapping[Language, str]], unknown: Mapping[Language, str], code: int | None, language: Language
) -> str:
    labels = None if code is None else table.get(code)
    return labels[language] if labels else _unknown(unknown, code, language)


def _unknown(words: Mapping[Language, str], code: int | None, language: Language) -> str:
    return f"{words[language]} ({'-' if code is None else code})"
