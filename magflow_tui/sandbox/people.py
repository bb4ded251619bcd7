"""Invented customers of one market, built once from a seed and serialised once."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from magflow_tui.sandbox.datafiles import read_toml
from magflow_tui.sandbox.jsontypes import JsonObject, as_object
from magflow_tui.sandbox.localtime import wall_text
from magflow_tui.sandbox.platforms import Market

POOL = 1_500
"""Customers of one market; orders draw from them, so people come back."""

_FIRST_SEEN, _LAST_SEEN = 1_420_070_400, 1_690_000_000  # 2015 to the middle of 2023


_CHECK_WEIGHTS = (3, 2, 1, 7, 5, 3, 2)


@dataclass(frozen=True)
class Customer:
    """A customer as the order carries it, and the same person with a locker for an address.

    The e-mail is a hash, `is_vat_payer` is 1 even for some persons, postal codes are mostly empty.
    """

    home: JsonObject
    locker: JsonObject
    locker_details: JsonObject
    company: bool


@lru_cache(maxsize=16)
def customers(market: Market, seed: int) -> tuple[Customer, ...]:
    """The pool of customers of a market; the same for the same seed, and remembered: accounts share it."""
    rng = random.Random(f"people/{seed}/{market.name}")
    words = as_object(read_toml("names.toml")[market.language])
    return tuple(_customer(market, words, rng, number) for number in range(POOL))


def observations(market: Market) -> list[str]:
    """What customers of a market write next to an order."""
    return _texts(as_object(read_toml("names.toml")[market.language]), "observation")


def _customer(market: Market, words: JsonObject, rng: random.Random, number: int) -> Customer:
    female = rng.random() < 0.5
    given, family = rng.choice(_texts(words, "female" if female else "male")), rng.choice(_texts(words, "family"))
    if market.language == "bg" and female:
        family = family[:-1] + "а" if family.endswith("и") else family + "а"
    person = f"{family} {given}" if market.language == "hu" else f"{given} {family}"
    company = rng.random() < 0.12
    company_name = rng.choice(_texts(words, "company"))
    name = company_name if company else person
    town, county, locality = rng.choice(cast("list[tuple[str, str, int]]", words["town"]))
    street = _street(words, rng)
    prefix, digits = market.phone
    phone = f"{prefix}{rng.randrange(10**digits):0{digits}d}"
    post = f"{rng.randrange(100_000, 999_999)}" if rng.random() < 0.15 else ""
    registered = rng.randrange(_FIRST_SEEN, _LAST_SEEN)
    home: JsonObject = {
        "id": 61_000_000 + number * 13 + rng.randrange(13),
        "mkt_id": 9_400_000 + number * 11 + rng.randrange(11),
        "name": name,
        "company": name,
        "gender": "" if company else rng.choice(("", "F" if female else "M", "F" if female else "M")),
        "phone_1": phone,
        "phone_2": "",
        "phone_3": "",
        "registration_number": f"J40/{rng.randrange(100, 9999)}/20{rng.randrange(10, 24)}" if company else "",
        "code": f"{market.country}{_tax_code(rng.randrange(10_000_000, 99_999_999))}" if company else "",
        "email": "" if rng.random() < 0.1 else f"{rng.randbytes(16).hex()}@{market.mail_host}",
        "bank": "",
        "iban": "",
        "fax": None,
        "legal_entity": int(company),
        "is_vat_payer": int(company or rng.random() < 0.3),
        "liable_person": "",
        "billing_name": name,
        "billing_phone": phone,
        "billing_country": market.country,
        "billing_suburb": county,
        "billing_city": town,
        "billing_locality_id": locality,
        "billing_street": street,
        "billing_postal_code": post,
        "shipping_country": market.country,
        "shipping_suburb": county,
        "shipping_city": town,
        "shipping_locality_id": locality,
        "shipping_postal_code": post,
        "shipping_contact": person,
        "shipping_phone": phone,
        "shipping_street": street,
        "created": wall_text(registered),
        "modified": wall_text(registered + rng.randrange(86_400, 40_000_000)),
    }
    box = rng.randrange(1000, 9999)
    locker_name = f"easybox {street.split(',')[0]}"
    locker = {**home, "shipping_street": f"{street.split(',')[0]}, {locker_name} [EasyBox #{box}]"}
    mark = rng.randbytes(16).hex()
    details: JsonObject = {
        "locker_id": f"{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:]}",
        "locker_name": locker_name,
        "locker_delivery_eligible": 1,
        "courier_external_office_id": None,
    }
    return Customer(home, locker, details, company)


def _tax_code(draw: int) -> int:
    """Eight digits of which the last is the Romanian check digit, above all that have been given to companies."""
    digits = 9_000_000 + draw % 1_000_000
    weighed = sum(int(digit) * weight for digit, weight in zip(str(digits), _CHECK_WEIGHTS, strict=True))
    return digits * 10 + weighed * 10 % 11 % 10


def _street(words: JsonObject, rng: random.Random) -> str:
    street = f"{rng.choice(_texts(words, 'street'))} {words['number']} {rng.randrange(1, 140)}".replace("  ", " ")
    if rng.random() < 0.5:
        return street
    flat = str(words["flat"])
    stair = rng.choice("ABC")
    return f"{street}, {flat.format(block=rng.randrange(1, 60), stair=stair, flat=rng.randrange(1, 50))}"


def _texts(words: JsonObject, key: str) -> list[str]:
    return cast("list[str]", words[key])
