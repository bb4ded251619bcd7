"""What may be kept of a request and its answer: no text that a person wrote, no number to call or to pay to.

By allow-list: a key has to be known, a text has to stand under a key whose texts are harmless and look like one of
them, a sentence of the marketplace keeps the words that such sentences are made of. Everything else becomes `…`, what
is too long is cut with a count. Headers, and with them the credentials, never come here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from magflow_tui.marketplace.errors import EmagApiError, ValidationError

#: What stands in the place of something that is not kept.
GONE: Final = "…"
#: No request and no answer is kept with more bytes of JSON.
LIMIT: Final = 2048

_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_MESSAGES_KEPT: Final = 8
_MESSAGE_LENGTH: Final = 300
_DEPTH: Final = 6
#: Elements kept of a list of plain values, and digits of a number that could not be a telephone's.
_PLAIN_KEPT: Final = 20
_SMALL: Final = 99_999_999


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?", re.ASCII)
_FIGURE: Final = re.compile(r"-?\d{1,8}(?:\.\d{1,6})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
#: eMAG's own key of a product: `D5DD9BBBM`.
_PRODUCT_KEY: Final = re.compile(r"D(?=[A-Z]*[0-9])[A-Z0-9]{8}", re.ASCII)

_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(
        (
            "createdAfter", "createdBefore", "modifiedAfter", "modifiedBefore", "date_start", "date_end", "date",
            "created", "modified", "finalization_date", "maximum_date_for_shipment", "issue_date", "date_expire",
            "cancellation_request",
        ),
        _DATE,
    ),
    **dict.fromkeys(("currency", "currency_type"), _CURRENCY),
    "part_number_key": _PRODUCT_KEY,
}  # fmt: skip

#: Numbers of these are long, and nobody's.
_IDS: Final = _words(
    """id order_id order_product_id product_id product_emag_id parent_id voucher_id emag_id category_id warehouse_id
    vendor_category_id vendor_order_product_id mkt_order_id return_parent_id"""
)
#: Keys whose values are numbers, also where they are written as text.
_FIGURES: Final = _words(
    """currentPage itemsPerPage status payment_status payment_mode_id type type_id is_complete request_status
    quantity initial_qty storno_qty sale_price sale_price_vat original_price min_sale_price max_sale_price
    recommended_price vat vat_id vat_rate vat_value value retained_amount shipping_tax refunded_amount refund_status
    refund_value cashed_co cashed_cod has_editable_products late_shipment emag_club weekend_delivery is_storno
    legal_entity is_vat_payer reversible_vat_charging general_stock estimated_stock validation_status
    offer_validation_status translation_validation_status stock handling_time availability warranty weight commission
    order_type force_download visibility return_type return_reason return_tax_value pickup_method reason_cancellation
    cancellation_reason delivery_payment_mode locker_delivery_eligible buy_button_rank number_of_offers flag
    supply_lead_time language"""
)
#: Keys whose lists and objects are looked into; a customer, an address and a locker are not.
_OPEN: Final = _words(
    """data products vouchers product_voucher_split shipping_tax_voucher_split recycle_warranties
    recycle_warranty_voucher_split attachments flags stock handling_time availability status type payment_mode_id
    validation_status offer_validation_status translation_validation_status offer_details reason_cancellation
    cancellation_reason id"""
)
#: Keys that may be named although nothing of theirs is kept.
_NAMED: Final = _words(
    """name url customer details vendor_name observation observations detailed_payment_method payment_mode
    delivery_mode voucher_name
    product_name offered_by serial_numbers campaign proforms part_number ext_part_number ean barcode brand brand_name
    description images family customer_name customer_phone customer_company locker awbs enforced_vendor_courier_accounts
    mkt_id message errors"""
)
_KEYS: Final = _IDS | _FIGURES | _OPEN | _NAMED | _FORMS.keys()

#: What sentences of the marketplace, and ours about its answers, are made of.
_VOCABULARY: Final = _words(
    """a address after again against age all allowed already also an and another answer answer's any api are array
    arrays as at attachment attachments base be been before beginning below between body both broken bulk but by
    bytes campaign can cancel canceled cancellation cancelled cannot card categories category change changed
    characteristic characteristics characters check close closed cod code column comes complete compression
    connection contain contains content count courier create created currency currentpage customer cut data date
    days delivery deposit did digits disabled documentation does duplicate ean elements else emag email empty
    enabled end entities entity error errors exactly exceeded exist existing exists expected expired failed fbe
    field fields file files filter finalised finalization finalized first for format found from fulfilled gateway
    greater grow handling has have header hours html http id ids in inactive incorrect input inputs inside instead
    integer internal interval invalid invoice ip is iserror issue it items itemsperpage its json key larger last
    least length less limit limited list locked locker longer lower mandatory many marketplace marketplace's match
    matched max maximum message messages mib minimum minutes missing month more most must name need negative new no
    not nothing null number numbers object of offer offers on once one only open or order orders out own page pages
    paid parameter parcel passed password pdf per permitted phone please positive possible postal prepared present
    price prices processed processing product products progress property provide quantities quantity range rate
    reached read reason received redirected reduced ref reference refused registered remain removed request requests
    required resource response result results retry return returns right rma route routes save saved seconds seller
    send sent server service set shipment shipped short shorter should single size smaller some something starts
    status still stock storno string success such system tax temporarily term text than that the their then there
    this time timed timeout to together too try type unauthorized unavailable unexpected unique unit unknown
    unmatched until update updated url use used user username valid validated validation value values vars vat
    vendor visible voucher vouchers waiting warehouse warranty was way were when which while with within without
    word wrong year you your zero
    acest aceasta adresa anulare anulat anulată apel apeluri asociat autorizat blocat campanie cantitate cantitatea
    categorie categoria cerere cererea comanda comandă comenzi completat corect cu de deja depășit depășită
    documentație documentația doar după este există expirat factura factură finalizat finalizată fără fi găsit
    găsită identificat incorect inexistent interzis intre între introdus introduceți invalidă la limita limită lipsă
    lipsește livrare mai minim maxim modificat modificată nu nicio număr numărul nume obligatoriu obligatorie oferta
    ofertă oferte pagină permis permisă poate prea prețul preț produs produsul produse procesat procesată pentru
    plată prin retur seria serviciu setat și sau stare starea stoc stocul stornare succes sunt telefon termen timp
    tip trebuie un una unei unui valoare valoarea vă rugăm zile"""
) | {key.casefold() for key in _KEYS}  # fmt: skip

_AROUND: Final = ".,:;!?()[]{}<>\"'`«»„”“*-–/=#%"
#: A number without leading zeros, and an address of the Internet.
_PLAIN_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?", re.ASCII)
_PLAIN_ADDRESS: Final = re.compile(
    r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}", re.ASCII
)
#: The format of a time, a time, a date.
_PLAIN_FORM: Final = re.compile(r"Y-m-d|H:i:s|\d\d:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d", re.ASCII)
_DIGITS: Final = re.compile(r"\d")
#: Between the names of a field (`products[0].status`), and the number of an element in one.
_PARTS: Final = re.compile(r"[./:\[\]()-]+")
_INDEX: Final = re.compile(r"\d{1,3}", re.ASCII)


def redacted_request(data: object) -> str:
    """The JSON that a request sends, as far as it may be kept: at most `LIMIT` bytes."""
    for kept, named in ((3, True), (3, False), (1, False)):
        text = _JSON.encode(_value("data", data, kept, named=named, depth=0))
        if len(text) <= LIMIT:
            return text.decode()
    return _JSON.encode({"data": GONE}).decode()


def redacted_list(elements: int) -> str:
    """What is kept of a well answered read: how many there were."""
    return f'{{"isError":false,"results":{elements}}}'


def redacted_count(items: int, pages: int) -> str:
    """What is kept of a well answered count."""
    return f'{{"isError":false,"noOfItems":{items},"noOfPages":{pages}}}'


def redacted_answer(messages: Sequence[str], results: bytes) -> str:
    """What is kept of a write that went well: what the marketplace said, and how much it answered."""
    kept: dict[str, object] = {"isError": False}
    if messages:
        kept["messages"] = _sentences(messages)
    if results not in (b"null", b"[]"):
        kept["results"] = f"{len(results)} bytes"
    return _JSON.encode(kept).decode()


def redacted_refusal(error: EmagApiError, body: bytes) -> str | None:
    """What is kept of any other answer: its sentences, or what kind of thing it was, and how large."""
    if not body:
        return None
    envelope = error.response_data
    kept: dict[str, object] = {"body": _kind(body), "bytes": len(body)}
    if isinstance(envelope, dict):
        if isinstance(said := envelope.get("isError"), bool):
            kept["isError"] = said
        several = error.validation_errors if isinstance(error, ValidationError) else ()
        kept["messages"] = _sentences([str(one) for one in several] or [error.message])
    return _JSON.encode(kept).decode()


def scrubbed(sentence: str) -> str:
    """A sentence of the marketplace without what it may quote: names, addresses, numbers to call, secrets.

    A number stays where it stands alone among known words (`Order 448120331 not found`).
    """
    words = sentence[: 4 * _MESSAGE_LENGTH].split()
    known = [_is_known(word) for word in words]
    numbers = [bool(_DIGITS.search(word)) for word in words]
    kept: list[str] = []
    for index, word in enumerate(words):
        plain = known[index]
        if plain and numbers[index]:
            beside = [other for other in (index - 1, index + 1) if 0 <= other < len(words)]
            plain = not any(numbers[other] or not known[other] for other in beside)
        if plain:
            kept.append(word)
        elif not kept or kept[-1] != GONE:
            kept.append(GONE)
    text = " ".join(kept)
    return text if len(text) <= _MESSAGE_LENGTH else text[:_MESSAGE_LENGTH] + GONE


def _is_known(word: str) -> bool:
    """Whether a word of a sentence is one of the vocabulary, a field (`products.status`), or a harmless number."""
    bare = word.strip(_AROUND)
    if not bare:
        return True
    if _PLAIN_NUMBER.fullmatch(bare):
        return not _is_like_a_telephone(bare)
    if _PLAIN_ADDRESS.fullmatch(bare) or _PLAIN_FORM.fullmatch(bare):
        return True
    first, *others = [part for part in _PARTS.split(bare.casefold()) if part] or [""]
    return first in _VOCABULARY and all(part in _VOCABULARY or _INDEX.fullmatch(part) for part in others)


def _is_like_a_telephone(number: str) -> bool:
    """Whether a number has the digits of one in Romania without its zero, or more: an order's has nine from 4 on."""
    digits = number.replace(".", "").lstrip("-")
    return len(digits) > 9 or (len(digits) == 9 and digits[0] in "237")


def _sentences(messages: Sequence[str]) -> list[str]:
    kept = [scrubbed(message) for message in messages[:_MESSAGES_KEPT]]
    return [*kept, f"{GONE} {len(messages) - len(kept)} more"] if len(messages) > len(kept) else kept


def _kind(body: bytes) -> str:
    """What a body is by its beginning: `html`, `json`, `text`."""
    start = body[:64].lstrip()[:1]
    return "html" if start == b"<" else "json" if start in (b"{", b"[") else "text"


def _value(key: str, value: object, kept: int, *, named: bool, depth: int) -> object:
    """A value as far as it may be kept: `kept` objects of a list; keys of which nothing is left only when `named`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return value if key in _IDS or -_SMALL <= value <= _SMALL else GONE
    if isinstance(value, str):
        return value if not value or _is_harmless(key, value) else GONE
    if depth >= _DEPTH or key not in _OPEN:
        return GONE
    if isinstance(value, Mapping):
        return _object(value, kept, named=named, depth=depth)
    return _list(key, value, kept, named=named, depth=depth) if isinstance(value, (list, tuple)) else GONE


def _object(value: Mapping[object, object], kept: int, *, named: bool, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    left_out = 0
    for key, member in value.items():
        if not isinstance(key, str) or key not in _KEYS:
            left_out += 1
            continue
        one = _value(key, member, kept, named=named, depth=depth + 1)
        if one == GONE and not named:
            left_out += 1
        else:
            found[key] = one
    if left_out:
        found[GONE] = f"{left_out} more"
    return found


def _list(key: str, value: Sequence[object], kept: int, *, named: bool, depth: int) -> list[object]:
    plain = not any(isinstance(element, (Mapping, list, tuple)) for element in value[:1])
    most = _PLAIN_KEPT if plain else kept
    found = [_value(key, element, kept, named=named, depth=depth + 1) for element in value[:most]]
    return [*found, f"{GONE} {len(value) - most} more"] if len(value) > most else found


def _is_harmless(key: str, text: str) -> bool:
    form = _FORMS.get(key)
    if form is None and (key in _FIGURES or key in _IDS):
        form = _FIGURE
    return form is not None and form.fullmatch(text) is not None
