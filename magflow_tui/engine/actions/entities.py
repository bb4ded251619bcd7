"""What is sent of an order: all fields that were read, byte for byte, with the change (API 4.4.7 §5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit

import msgspec

from magflow_tui.marketplace.client import SAVE_LIMIT
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.marketplace.slices import object_members
from magflow_tui.rules.updates import MOST_VARIABLES
from magflow_tui.store.actions import Wanted

Entity: TypeAlias = Mapping[str, object]
Place = TypeVar("Place")

WARRANTY: Final = 3
_LONGEST_URL: Final = 1024
_LONGEST_NAME: Final = 60
#: Endings of a path that name something else than a PDF.
_OTHER_FILES: Final = (
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".xml",
    ".zip",
    ".html",
    ".txt",
)
_NAMES: Final = {
    "ro": {1: "Factura", 3: "Certificat de garantie", 4: "Manual", 8: "Ghid", 10: "AWB", 11: "Proforma"},
    "en": {1: "Invoice", 3: "Warranty", 4: "Manual", 8: "Guide", 10: "AWB", 11: "Proforma"},
}
#: Types of attachments that can be sent (API 4.4.9); 13 is the marketplace's own.
ATTACHMENT_TYPES: Final = tuple(_NAMES["en"])


def order_entity(item: Item[Order], order: Order, wanted: Wanted, type_: int) -> Entity | None:
    """An order as `order/save` takes it. The reason goes as a bare number, `type` always.

    `is_storno` is left out: in an answer it says that there was a storno, in a request it would ask for one. None for
    an order that is not sound JSON, since it cannot be sent back.
    """
    try:
        msgspec.json.decode(item.raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    members = object_members(item.raw)
    members.pop("is_storno", None)
    entity: dict[str, object] = {key: msgspec.Raw(value) for key, value in members.items()}
    entity["id"] = order.id
    entity["type"] = type_
    entity["status"] = wanted.target
    if wanted.target == 0:
        entity["reason_cancellation"] = wanted.reason
        entity.pop("cancellation_reason", None)  # its name before API 4.4.7
    return entity


def attachment_entities(
    order_id: int, type_: int | None, wanted: Wanted, platform: Platform, line_ids: Sequence[int] = ()
) -> list[Entity]:
    """A file as `order/attachments/save` takes it: for the order, or as a warranty for each of its lines."""
    attachment = wanted.attachment_type or 1
    language = "ro" if platform.locale == "ro_RO" else "en"
    fields: dict[str, object] = {
        "name": wanted.name or f"{_NAMES[language].get(attachment, 'PDF')} {order_id}",
        "url": wanted.url,
        "type": attachment,
    }
    if type_ is not None:
        fields["order_type"] = type_
    if attachment == WARRANTY:
        return [{"order_product_id": line_id, **fields} for line_id in line_ids]
    return [{"order_id": order_id, **fields}]


def attachment_problem(wanted: Wanted) -> str | None:
    """What is wrong with a file to attach, None when nothing is."""
    if wanted.attachment_type not in ATTACHMENT_TYPES:
        known = ", ".join(f"{code} {name.lower()}" for code, name in _NAMES["en"].items())
        return f"{wanted.attachment_type} is no type of attachment; there are {known}"
    if wanted.name is not None and not 1 <= len(wanted.name.strip()) <= _LONGEST_NAME:
        return f"a name has 1 to {_LONGEST_NAME} characters"
    url = wanted.url or ""
    if not 1 <= len(url) <= _LONGEST_URL:
        return f"a file is named by its URL, of 1 to {_LONGEST_URL} characters"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the URL cannot be read"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "the URL must begin with http:// or https:// and name a host"
    if parts.path.lower().endswith(_OTHER_FILES):
        return "only PDF files can be attached"
    return None


@dataclass(frozen=True, slots=True)
class Parcel(Generic[Place]):
    """What is sent of one order, with the number of its input variables. It travels whole, in one request."""

    place: Place
    entities: tuple[Entity, ...]

    @property
    def inputs(self) -> int:
        """Input variables, as the marketplace counts them: leaves."""
        return sum(_leaves(value) for entity in self.entities for value in entity.values())

    @property
    def fits(self) -> bool:
        """Whether a request of its own can hold it."""
        return len(self.entities) <= SAVE_LIMIT and self.inputs <= MOST_VARIABLES


def in_requests(parcels: Iterable[Parcel[Place]]) -> Iterator[list[Parcel[Place]]]:
    """Parcels, in order, in requests of at most 50 entities and `MOST_VARIABLES` inputs. Each parcel has to fit."""
    request: list[Parcel[Place]] = []
    entities = inputs = 0
    for parcel in parcels:
        size, its_inputs = len(parcel.entities), parcel.inputs
        if request and (entities + size > SAVE_LIMIT or inputs + its_inputs > MOST_VARIABLES):
            yield request
            request, entities, inputs = [], 0, 0
        request.append(parcel)
        entities, inputs = entities + size, inputs + its_inputs
    if request:
        yield request


def _leaves(value: object) -> int:
    if isinstance(value, msgspec.Raw):
        return _leaves(msgspec.json.decode(value))
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1
