"""Control characters, line breaks, markup, half characters, and texts without end."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CARD, LINE, RAW, Fault, fault


def texts() -> Iterator[Fault]:
    characters = {
        "NUL": "\x00",
        "an escape sequence": "\x1b[31m",
        "a bell": "\x07",
        "delete": "\x7f",
        "a direction override": "\u202e",
    }
    for name, character in characters.items():
        yield fault(
            f"{name} in a name", CARD, {"customer.name": f"Ana{character}Exemplu"}, "error text.control $.customer.name"
        )
    yield fault("NUL in a product's name", CARD, {f"{LINE}.name": "Ramă\x00"}, f"error text.control $.{LINE}.name")
    yield fault("NUL in a remark", CARD, {"observation": "a\x00b"}, "error text.control $.observation")
    yield fault("NUL under an unknown key", CARD, {"odd key": ["\x00"]}, 'error text.control $["odd key"][0]')
    for name, character in {"a line break": "\n", "a carriage return": "\r", "a tab": "\t"}.items():
        yield fault(
            f"{name} in a name",
            CARD,
            {"customer.name": f"Ana{character}Exemplu"},
            "warning text.line_break $.customer.name",
        )
    yield fault(
        "a line break in a street",
        CARD,
        {"customer.shipping_street": "Strada\nLungă 1"},
        "warning text.line_break $.customer.shipping_street",
    )
    yield fault(
        "markup in a name",
        CARD,
        {"customer.shipping_contact": "<script>alert(1)</script>"},
        "warning text.markup $.customer.shipping_contact",
    )
    yield fault("a huge remark", CARD, {"observation": "Mulțumesc! " * 20_000}, "warning text.length $.observation")
    yield fault("a huge name", CARD, {"customer.name": "A" * 100_000}, "warning text.length $.customer.name")
    yield fault(
        "a long street",
        CARD,
        {"customer.shipping_street": "S" * 1_001},
        "warning text.length $.customer.shipping_street",
    )
    yield fault("a long product name", CARD, {f"{LINE}.name": "P" * 1_001}, f"warning text.length $.{LINE}.name")
    yield fault("half a character", CARD, {"observation": RAW(r'"a\ud83d"')}, "warning schema.character $.observation")
