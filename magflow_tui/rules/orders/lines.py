"""The products of an order: which, at what price, how many, and how many of these were given back (API 4.4.7 §5.1).

Ids are not bounded: the documented bounds are far too small. Prices are without VAT and not negative, but for virtual
discounts that the seller added; those are no product of the catalogue and have no `part_number_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.schema import OrderLine
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.attachments import check_attachments
from magflow_tui.rules.orders.check import OrderCheck
from magflow_tui.rules.orders.dates import check_line_dates
from magflow_tui.rules.orders.deposits import check_deposits
from magflow_tui.rules.orders.vat import check_rate, known_rates

_SOURCE: Final = "API 4.4.7 §5.1"
_REQUIRED: Final = Words("required", "obligatoriu")
_ID: Final = Words("whole number, 1 or more", "număr întreg, cel puțin 1")

NO_LINES: Final = Rule(
    "lines.missing",
    "error",
    _SOURCE,
    Words("An order has products", "O comandă are produse"),
    Words("one product or more", "cel puțin un produs"),
    Words("The order has no products.", "Comanda nu are produse."),
)
EMPTY: Final = Rule(
    "line.empty",
    "error",
    _SOURCE,
    Words("Lines are not empty", "Liniile nu sunt goale"),
    Words("a product", "un produs"),
    Words("The line says nothing at all.", "Linia nu spune nimic."),
)
DOUBLED: Final = Rule(
    "line.doubled",
    "error",
    _SOURCE,
    Words("Every line comes once", "Fiecare linie apare o dată"),
    Words("an id of its own", "un id propriu"),
    Words(
        "Line {value} comes twice: it is also product number {first} of the order.",
        "Linia {value} apare de două ori: este și produsul cu numărul {first} al comenzii.",
    ),
)
ID_MISSING: Final = Rule(
    "line.id.missing",
    "error",
    _SOURCE,
    Words("A line has an id", "O linie are id"),
    _REQUIRED,
    Words(
        "The line has no id: it cannot be changed or reversed.", "Linia nu are id: nu poate fi schimbată sau stornată."
    ),
)
ID: Final = Rule(
    "line.id",
    "error",
    _SOURCE,
    Words("A line's id can be one", "Id-ul liniei este posibil"),
    _ID,
    Words("{value} cannot be the id of a line.", "{value} nu poate fi id-ul unei linii."),
)
PRODUCT_MISSING: Final = Rule(
    "line.product.missing",
    "error",
    _SOURCE,
    Words("A line names its offer", "O linie numește oferta"),
    _REQUIRED,
    Words(
        "The line does not say which of the seller's offers it is (product_id).",
        "Linia nu spune care dintre ofertele vânzătorului este (product_id).",
    ),
)
PRODUCT: Final = Rule(
    "line.product",
    "error",
    _SOURCE,
    Words("An offer's id can be one", "Id-ul ofertei este posibil"),
    _ID,
    Words("{value} cannot be the id of an offer.", "{value} nu poate fi id-ul unei oferte."),
)
NAME: Final = Rule(
    "line.name",
    "error",
    _SOURCE,
    Words("A line has a name", "O linie are un nume"),
    Words("the product's name", "numele produsului"),
    Words("The product has no name.", "Produsul nu are nume."),
)
STATUS: Final = Rule(
    "line.status",
    "error",
    _SOURCE,
    Words("The line's status is one that exists", "Statusul liniei există"),
    Words("0 or 1", "0 sau 1"),
    Words(
        "Line status {value} does not exist: 1 is ordered, 0 removed.",
        "Statusul de linie {value} nu există: 1 este comandată, 0 eliminată.",
    ),
)
STATUS_MISSING: Final = Rule(
    "line.status.missing",
    "warning",
    _SOURCE,
    Words("A line says whether it still counts", "O linie spune dacă mai contează"),
    Words("0 or 1", "0 sau 1"),
    Words(
        "The line does not say whether it was removed: it counts as ordered.",
        "Linia nu spune dacă a fost eliminată: contează ca fiind comandată.",
    ),
)
PRICE_MISSING: Final = Rule(
    "line.price.missing",
    "error",
    _SOURCE,
    Words("A line has a price", "O linie are un preț"),
    _REQUIRED,
    Words(
        "The line has no price: the order's total cannot be told.",
        "Linia nu are preț: totalul comenzii nu poate fi aflat.",
    ),
)
PRICE: Final = Rule(
    "line.price",
    "error",
    _SOURCE,
    Words("Products do not cost less than nothing", "Produsele nu costă mai puțin de zero"),
    Words("0 or more", "0 sau mai mult"),
    Words(
        "A product of the catalogue costs {value}; only a discount that the seller added may be negative.",
        "Un produs din catalog costă {value}; doar o reducere adăugată de vânzător poate fi negativă.",
    ),
)
ORIGINAL_PRICE: Final = Rule(
    "line.original_price",
    "warning",
    _SOURCE,
    Words("Original prices are not negative", "Prețurile inițiale nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words("The original price is {value}.", "Prețul inițial este {value}."),
)
QUANTITY_MISSING: Final = Rule(
    "line.quantity.missing",
    "error",
    _SOURCE,
    Words("A line has a quantity", "O linie are o cantitate"),
    _REQUIRED,
    Words("The line does not say how many were ordered.", "Linia nu spune câte bucăți s-au comandat."),
)
QUANTITY: Final = Rule(
    "line.quantity",
    "error",
    _SOURCE,
    Words("Quantities are not negative", "Cantitățile nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words("A quantity of {value} cannot be.", "O cantitate de {value} nu este posibilă."),
)
NOTHING_ORDERED: Final = Rule(
    "line.quantity.zero",
    "error",
    "API 4.4.7 §5.6",
    Words("Quantity 0 only after a storno", "Cantitate 0 doar după storno"),
    Words("1 or more", "cel puțin 1"),
    Words(
        "The quantity is 0, but the line was neither reversed nor removed.",
        "Cantitatea este 0, dar linia nu a fost nici stornată, nici eliminată.",
    ),
)
STORNO: Final = Rule(
    "line.storno",
    "error",
    "measured live",
    Words("Quantity is what was ordered less what was reversed", "Cantitatea este comanda minus storno"),
    Words("{ordered} − {reversed} = {left}", "{ordered} − {reversed} = {left}"),
    Words(
        "Ordered {ordered} − reversed {reversed} = {left}, but the quantity says {quantity}.",
        "Comandate {ordered} − stornate {reversed} = {left}, dar cantitatea spune {quantity}.",
    ),
)
STORNO_NULL: Final = Rule(
    "line.storno.null",
    "warning",
    "measured live",
    Words("What was ordered and reversed is known", "Comandatul și stornatul sunt cunoscute"),
    Words("0 or more", "0 sau mai mult"),
    Words(
        "The line does not say how many were ordered and how many of these reversed.",
        "Linia nu spune câte bucăți s-au comandat și câte dintre ele s-au stornat.",
    ),
)
STORNO_RANGE: Final = Rule(
    "line.storno.range",
    "error",
    "measured live",
    Words("What was ordered and reversed is not negative", "Comandatul și stornatul nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words("{value} pieces cannot be.", "{value} bucăți nu sunt posibile."),
)

RULES: Final = (
    NO_LINES, EMPTY, DOUBLED, ID_MISSING, ID, PRODUCT_MISSING, PRODUCT, NAME, STATUS, STATUS_MISSING, PRICE_MISSING,
    PRICE, ORIGINAL_PRICE, QUANTITY_MISSING, QUANTITY, NOTHING_ORDERED, STORNO, STORNO_NULL, STORNO_RANGE,
)  # fmt: skip

_ZERO: Final = Decimal(0)
_LINE_STATUSES: Final = frozenset((0, 1))
_STILL_TO_BE_SENT: Final = (OrderStatus.NEW, OrderStatus.IN_PROGRESS, OrderStatus.PREPARED)


def check_lines(check: OrderCheck) -> None:
    """There are lines, each comes once, and each is sound."""
    lines = check.order.products
    if not lines:
        check.report_amount(NO_LINES, "products")
        return
    if len(lines) > 1:
        check_ids_differ(check, lines)
    rates = known_rates(check) or frozenset()
    created, modified = check.order.created, check.order.modified
    for place, line in enumerate(lines):
        if not line.__pydantic_fields_set__:
            _note_empty(check, place)
            continue
        check_identity(check, line, place)
        check_price(check, line, place)
        check_quantity(check, line, place)
        # Of the following, most lines have nothing to look at.
        if line.vat not in rates:
            check_rate(check, line, place, rates)
        if line.created != created or line.modified != modified:
            check_line_dates(check, line, place)
        if line.product_voucher_split:
            check.has_splits = True
        if line.recycle_warranties:
            check_deposits(check, line.recycle_warranties, ("products", place, "recycle_warranties"))
        if line.attachments:
            check_attachments(check, line.attachments, ("products", place, "attachments"))


def _note_empty(check: OrderCheck, place: int) -> None:
    """A line without any key: `{}` as it came, or one that could not be read, of which the reading has told."""
    check.report_amount(EMPTY, "products", place)


def check_ids_differ(check: OrderCheck, lines: tuple[OrderLine, ...]) -> None:
    """No two lines have the same id."""
    if len({line.id for line in lines}) == len(lines):
        return
    seen: dict[int, int] = {}
    for place, line in enumerate(lines):
        if line.id is not None and seen.setdefault(line.id, place) != place:
            check.report_amount(DOUBLED, "products", place, "id", first=seen[line.id] + 1)


def check_identity(check: OrderCheck, line: OrderLine, place: int) -> None:
    """A line has an id, an offer and a name, and a status that exists."""
    if line.id is None or line.id < 1:
        if line.id is not None:
            check.report(ID, "products", place, "id")
        elif not check.short_form:
            check.report(ID_MISSING, "products", place, "id")
    if line.product_id is None:
        if not (check.short_form and _is_named_otherwise(line)):
            check.report(PRODUCT_MISSING, "products", place, "product_id")
    elif line.product_id < 1:
        check.report(PRODUCT, "products", place, "product_id")
    if not line.name and not (check.short_form and "name" not in line.model_fields_set):
        check.report(NAME, "products", place, "name")
    if line.status not in _LINE_STATUSES:
        if line.status is not None:
            check.report_amount(STATUS, "products", place, "status")
        elif not check.short_form:
            check.report(STATUS_MISSING, "products", place, "status")


def _is_named_otherwise(line: OrderLine) -> bool:
    """Whether a line says in another way what it is, as those do that callers write in short form."""
    return bool(line.id or line.part_number_key or line.part_number or line.ext_part_number)


def _can_be_discounted(check: OrderCheck) -> bool:
    """Whether a negative line can be a discount. In short form no line has a catalogue key, so something must cost."""
    return not check.short_form or any((line.sale_price or 0) > 0 for line in check.order.products or ())


def check_price(check: OrderCheck, line: OrderLine, place: int) -> None:
    """A line has a price; only discounts are negative."""
    price = line.sale_price
    if price is None:
        check.report_amount(PRICE_MISSING, "products", place, "sale_price")
    elif price < _ZERO:
        check.has_discount_line = True
        if line.part_number_key or not _can_be_discounted(check):
            check.report_amount(PRICE, "products", place, "sale_price")
    elif line.original_price is not None and line.original_price < _ZERO:
        check.report(ORIGINAL_PRICE, "products", place, "original_price")


def check_quantity(check: OrderCheck, line: OrderLine, place: int) -> None:
    """A quantity is what was ordered less what was reversed, and 0 only where something took it away."""
    quantity, ordered, reversed_ = line.quantity, line.initial_qty, line.storno_qty
    if quantity is None:
        check.report_amount(QUANTITY_MISSING, "products", place, "quantity")
    elif quantity < 0:
        check.report_amount(QUANTITY, "products", place, "quantity")
    elif ordered is None or reversed_ is None:
        # Payloads of before 2022 do not say what was ordered: 0 may be what a storno left.
        if quantity == 0 and line.status != 0 and check.order.status in _STILL_TO_BE_SENT:
            check.report(NOTHING_ORDERED, "products", place, "quantity")
        for key in ("initial_qty", "storno_qty"):
            if key in line.model_fields_set and getattr(line, key) is None:
                check.report(STORNO_NULL, "products", place, key)
    elif ordered < 0 or reversed_ < 0:
        check.report_amount(STORNO_RANGE, "products", place, "initial_qty" if ordered < 0 else "storno_qty")
    elif quantity == 0 and (line.status == 0 or check.is_over):
        pass  # a removed line keeps what was ordered and was not reversed
    elif quantity != ordered - reversed_:
        facts = {"ordered": ordered, "reversed": reversed_, "left": ordered - reversed_, "quantity": quantity}
        check.report_amount(STORNO, "products", place, "quantity", **facts)
    elif quantity == 0 and reversed_ == 0:
        check.report(NOTHING_ORDERED, "products", place, "quantity")


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_lines,)
