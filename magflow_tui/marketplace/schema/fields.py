"""The kinds of value the marketplace sends, as pydantic types that cost no Python on the way through.

The API is loose about types: numbers arrive as text, empty objects as `[]`, absent text as `""`. Each type here takes
exactly the spellings that are really sent (API 4.4.7–4.5.2 and live payloads) and nothing else: `true` is no number.
Each is a left-to-right choice inside pydantic's core with the usual spelling first; on failure it names what was
expected in words for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_INT64_MAX: Final = 2**63 - 1

# The store counts money in 1/10 000 units in 64 bits; an amount beyond this is a fault, not a price.
_AMOUNT_MAX: Final = 1e14


class Payload(BaseModel):
    """Anything the marketplace sends. Unknown keys are kept in `model_extra`: new ones appear without notice."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


def _one_of(expected: str, *choices: CoreSchema) -> CoreSchema:
    return core_schema.union_schema(
        list(choices), mode="left_to_right", custom_error_type="unexpected", custom_error_message=expected
    )


@dataclass(frozen=True)
class _WholeNumber:
    """A whole number from `minimum` to 2⁶³-1, as a number or as digits in text."""

    minimum: int = -_INT64_MAX

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        number = core_schema.int_schema(strict=True, ge=self.minimum, le=_INT64_MAX)
        text = core_schema.str_schema(strict=True, pattern=r"^-?[0-9]{1,19}$")
        digits = core_schema.chain_schema([text, core_schema.int_schema(ge=self.minimum, le=_INT64_MAX)])
        return _one_of("whole number" if self.minimum < 1 else "whole number, 1 or more", number, digits)


class _Amount:
    """A decimal number in text or as a number; a float is read by its shortest text, never by its binary value."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Neither infinite nor NaN gets as far as this: not to look again saves a call for every amount.
        decimal = core_schema.decimal_schema(allow_inf_nan=True)
        # Bounded by its digits: "1e-999999999" would be a Decimal too, and a gigabyte once written out.
        text = core_schema.str_schema(strict=True, pattern=r"^-?[0-9]{1,14}(\.[0-9]{1,12})?$")
        whole = core_schema.int_schema(strict=True, ge=-int(_AMOUNT_MAX), le=int(_AMOUNT_MAX))
        number = core_schema.float_schema(strict=True, ge=-_AMOUNT_MAX, le=_AMOUNT_MAX, allow_inf_nan=False)
        return _one_of(
            "amount",
            core_schema.chain_schema([text, decimal]),
            core_schema.chain_schema([whole, decimal]),
            core_schema.chain_schema([number, decimal]),
        )


class _Flag:
    """A yes or no: `1`, `0`, `"1"`, `"0"`, `true`, `false`."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        spelt = core_schema.chain_schema([core_schema.literal_schema([0, 1, "0", "1"]), core_schema.bool_schema()])
        return _one_of("0 or 1", spelt, core_schema.bool_schema(strict=True))


class _AbsentText:
    """Text, where the marketplace writes `""` for none: read as None."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.nullable_schema(core_schema.str_schema(strict=True))
        # A function for every text is cheaper than a choice that fails for every empty one.
        return core_schema.no_info_after_validator_function(_text_or_none, text)


def _text_or_none(text: str | None) -> str | None:
    return text or None


class OrEmptyList:
    """An object that arrives as `[]` when it is empty, as PHP writes one."""

    def __get_pydantic_core_schema__(self, source: type[Payload], handler: GetCoreSchemaHandler) -> CoreSchema:
        empty = cache(source.model_construct)  # frozen: one serves for all
        nothing = core_schema.no_info_after_validator_function(lambda _: empty(), core_schema.list_schema(max_length=0))
        return core_schema.union_schema([handler(source), nothing], mode="left_to_right")


#: 64-bit. The documented bounds of line and voucher ids are far too small, so none is set here.
Whole = Annotated[int, _WholeNumber()]

#: The id of an order, offer or return: 1 or more.
Identity = Annotated[int, _WholeNumber(minimum=1)]

#: Decimal. Bounded by ±10¹⁴, finite.
Amount = Annotated[Decimal, _Amount()]

Flag = Annotated[bool, _Flag()]

#: None for `""` and for null.
AbsentText = Annotated[str | None, _AbsentText()]

#: Text that some payloads send as a number.
TextOrNumber = Annotated[str, Field(coerce_numbers_to_str=True)]
