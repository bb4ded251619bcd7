"""What an update does to lines: keeps them, adds to them, takes them back (API 4.4.7 §5.5–5.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.codes import OrderStatus, PaymentMode
from magflow_tui.marketplace.schema import OrderLine
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck
from magflow_tui.rules.orders.lines import check_ids_differ, check_price

NO_LINES: Final = Rule(
    "update.lines",
    "error",
    "API 4.4.7 §5.5",
    Words("An update leaves lines in the order", "O actualizare lasă linii în comandă"),
    Words("at least one line", "cel puțin o linie"),
    Words(
        "There are no lines: a line that is left out is removed, and an order without lines must be cancelled.",
        "Nu sunt linii: o linie omisă este eliminată, iar o comandă fără linii trebuie anulată.",
    ),
)
QUANTITY: Final = Rule(
    "update.quantity",
    "error",
    "API 4.4.7 §5.5",
    Words("Quantities of an update are not negative", "Cantitățile unei actualizări nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words(
        "The quantity is {value}; 0 takes all of a line back, less is refused.",
        "Cantitatea este {value}; 0 retrage toată linia, mai puțin este refuzat.",
    ),
)
LINE_STATUS: Final = Rule(
    "update.line_status",
    "error",
    "API 4.4.7 §5.5",
    Words("Lines of an update stay or go", "Liniile unei actualizări rămân sau pleacă"),
    Words("0 or 1", "0 sau 1"),
    Words(
        "Line status {value} does not exist: 1 stays, 0 is removed.",
        "Statusul de linie {value} nu există: 1 rămâne, 0 este eliminată.",
    ),
)
ADDITION: Final = Rule(
    "update.addition",
    "error",
    "API 4.4.7 §5.5",
    Words("A line that is added is complete", "O linie adăugată este completă"),
    Words("product_id, name, status, sale_price", "product_id, name, status, sale_price"),
    Words(
        "A line without an id is added to the order, and this one has no {missing}.",
        "O linie fără id este adăugată la comandă, iar acesteia îi lipsește {missing}.",
    ),
)
STORNO_STATUS: Final = Rule(
    "update.storno",
    "error",
    "API 4.4.7 §5.6",
    Words("Only finalised orders are stornoed", "Doar comenzile finalizate se stornează"),
    Words("false, or status 4", "false sau statusul 4"),
    Words(
        "is_storno is for finalised orders (status 4); in another status the update is refused.",
        "is_storno este pentru comenzi finalizate (status 4); în alt status actualizarea este refuzată.",
    ),
)
STORNO_NOTHING: Final = Rule(
    "update.storno.nothing",
    "error",
    "API 4.4.7 §5.6",
    Words("A storno takes something back", "Un storno retrage ceva"),
    Words("a line with less than before", "o linie cu mai puțin decât înainte"),
    Words(
        "is_storno asks to take goods back, but every line has the quantity it had: the update is refused.",
        "is_storno cere retragerea unor produse, dar fiecare linie are cantitatea de dinainte: actualizarea este "
        "refuzată.",
    ),
)
STORNO_MISSING: Final = Rule(
    "update.storno.missing",
    "warning",
    "API 4.4.7 §5.6",
    Words("Finalised orders are reduced by storno", "Comenzile finalizate se reduc prin storno"),
    Words("is_storno: true", "is_storno: true"),
    Words(
        "The line has {value} of {before}. If the order is finalised already, this needs is_storno.",
        "Linia are {value} din {before}. Dacă este deja finalizată comanda, aceasta cere is_storno.",
    ),
)
CARD_REDUCTION: Final = Rule(
    "update.card",
    "error",
    "API 4.4.7 §5.5",
    Words("Orders paid by card keep their quantities", "Comenzile plătite cu cardul își păstrează cantitățile"),
    Words("{before}", "{before}"),
    Words(
        "The order is paid by card: the quantity cannot be reduced from {before} to {value}.",
        "Comanda este plătită cu cardul: cantitatea nu poate fi redusă de la {before} la {value}.",
    ),
)
CARD_REMOVAL: Final = Rule(
    "update.card.removal",
    "warning",
    "API 4.4.7 §5.5",
    Words("Orders paid by card keep their lines", "Comenzile plătite cu cardul își păstrează liniile"),
    Words("1", "1"),
    Words(
        "The order is paid by card: its lines cannot be removed, unless this one was removed before.",
        "Comanda este plătită cu cardul: liniile nu pot fi eliminate, decât dacă aceasta era deja eliminată.",
    ),
)

RULES: Final = (
    NO_LINES,
    QUANTITY,
    LINE_STATUS,
    ADDITION,
    STORNO_STATUS,
    STORNO_NOTHING,
    STORNO_MISSING,
    CARD_REDUCTION,
    CARD_REMOVAL,
)

_OF_AN_ADDITION: Final = ("product_id", "name", "status", "sale_price")


def check_lines(check: OrderCheck) -> None:
    """Lines stay lines, and those that are added are complete."""
    lines = check.order.products
    if lines is None:
        return
    if not lines:
        check.report(NO_LINES, "products")
    check_ids_differ(check, lines)
    # In short form no line may have an id; then they are the order's lines, not additions to it.
    named = not check.short_form or any(line.id is not None for line in lines)
    for place, line in enumerate(lines):
        if line.quantity is not None and line.quantity < 0:
            check.report(QUANTITY, "products", place, "quantity")
        if line.sale_price is not None:
            check_price(check, line, place)
        if line.status not in (None, 0, 1):
            check.report(LINE_STATUS, "products", place, "status")
        if line.id is None and named:
            for key in _OF_AN_ADDITION:
                if getattr(line, key) in (None, ""):
                    check.report(ADDITION, "products", place, key, missing=key)


def check_reductions(check: OrderCheck) -> None:
    """What is taken away may be taken away, in the way the marketplace asks for."""
    order = check.order
    lines = order.products or ()
    reduced = [place for place, line in enumerate(lines) if _is_reduced(line)]
    removed = [place for place, line in enumerate(lines) if line.status == 0 and (_before(line) or line.quantity)]
    card = order.payment_mode_id == PaymentMode.CARD
    everything = all(line.quantity == 0 or line.status == 0 for line in lines)
    if order.is_storno:
        if order.status is not None and order.status != OrderStatus.FINALISED:
            check.report(STORNO_STATUS, "is_storno")
        elif not reduced and not removed and lines and all(map(_tells_its_past, lines)):
            check.report(STORNO_NOTHING, "is_storno")
    for place in reduced:
        before = _before(lines[place])
        if card and not (order.is_storno and everything):
            check.report(CARD_REDUCTION, "products", place, "quantity", before=before)
        elif order.status == OrderStatus.FINALISED and not order.is_storno:
            check.report(STORNO_MISSING, "products", place, "quantity", before=before)
    if card and not order.is_storno:
        for place in removed:
            check.report(CARD_REMOVAL, "products", place, "status")


def _before(line: OrderLine) -> int | None:
    """The quantity that a line had when it was read, None where it does not tell."""
    return None if line.initial_qty is None else line.initial_qty - (line.storno_qty or 0)


def _tells_its_past(line: OrderLine) -> bool:
    return line.quantity is not None and line.initial_qty is not None


def _is_reduced(line: OrderLine) -> bool:
    before = _before(line)
    # A negative quantity is a fault of its own.
    return before is not None and line.quantity is not None and 0 <= line.quantity < before


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_lines, check_reductions)
