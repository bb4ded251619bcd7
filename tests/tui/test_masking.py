"""Personal data are hidden wherever they stand, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.records import OrderDetail
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.output.copying import id_of, row_of, shown_json
from magflow_tui.tui.output.export import CsvRows
from magflow_tui.tui.output.notices import title_of
from magflow_tui.tui.output.plain import sections, status
from magflow_tui.tui.output.rows import rows_of
from magflow_tui.tui.privacy import Privacy
from magflow_tui.tui.views.bodies import BODIES
from magflow_tui.tui.views.context import SCREENS, PaneState, View
from magflow_tui.tui.views.frame import event_line
from magflow_tui.tui.views.masking import (
    HIDDEN,
    masked,
    masked_document,
    scrubbed,
    scrubbed_snapshot,
)
from magflow_tui.tui.views.spans import join

ORDERS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/orders/sound.json").read_text(encoding="utf-8")
)
FIRST = ["Ilinca", "Ștefania", "Вася", "Zsófia", "Ana-Maria", "Jean-Luc", "O'Neil"]
LAST = ["Popa-Țigănilă", "Brădățan", "Габровска", "Kőszegi", "Van der Berg", "de la Cruz"]
STREETS = ["Strada Ciocârliei", "Bulevardul Teilor", "ул. Роза", "Kék utca"]
TOWNS = ["Izvorul Alb", "Carpatia de Sus", "Долна Поляна", "Alsószeg"]


@st.composite
def people(draw: st.DrawFn) -> dict[str, str]:
    """An invented person: everything that must never be seen."""
    first, last = draw(st.sampled_from(FIRST)), draw(st.sampled_from(LAST))
    digits = draw(st.from_regex(r"[2-9][0-9]{8}", fullmatch=True))
    return {
        "name": f"{first} {last}",
        "phone": draw(st.sampled_from(["+40{}", "0{}", "0040 {}"])).format(digits),
        "email": f"{draw(st.from_regex(r'[a-z]{3,9}[0-9]{2}', fullmatch=True))}@posta.example",
        "street": f"{draw(st.sampled_from(STREETS))} nr. {draw(st.integers(100, 999))}",
        "city": draw(st.sampled_from(TOWNS)),
        "iban": draw(st.from_regex(r"RO[0-9]{2}XXXX[0-9]{16}", fullmatch=True)),
    }


def lived_in(order: dict[str, Any], person: dict[str, str]) -> dict[str, Any]:
    """An order in which a person's data stand wherever the marketplace can put them."""
    customer = dict(
        order["customer"],
        name=person["name"],
        company=person["name"],
        liable_person=person["name"],
        phone_1=person["phone"],
        phone_2=person["phone"],
        email=person["email"],
        iban=person["iban"],
        billing_name=person["name"],
        billing_phone=person["phone"],
        billing_street=person["street"],
        billing_city=person["city"],
        billing_suburb=person["city"],
        shipping_contact=person["name"],
        shipping_phone=person["phone"],
        shipping_street=person["street"],
        shipping_city=person["city"],
        a_key_of_tomorrow={"said": [person["email"], person["name"]]},
    )
    return dict(
        order,
        customer=customer,
        observation=f"sunați la {person['phone']}, {person['name']}",
        cancellation_request=f"{person['name']} nu mai dorește",
        attachments=[
            {"name": f"Factura {person['name']}", "url": f"https://files.example.com/{person['email']}.pdf", "type": 1}
        ],
        proforms=[{"id": 7, "customer_name": person["name"]}],
        details=dict(order["details"] or {}, locker_name=f"easybox {person['street']}"),
        vendor_name=f"vândut lui {person['name'].upper()}, {person['email']}",
    )


@given(order=st.sampled_from(ORDERS), person=people())
def test_nothing_of_a_person_is_left_in_an_order(order: dict[str, Any], person: dict[str, str]) -> None:
    text = json.dumps(masked_document(lived_in(order, person)), ensure_ascii=False).lower()
    for value in person.values():
        assert value.lower() not in text
    for word in person["name"].split():
        assert len(word) < 4 or word.lower() not in text


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: str(order["id"]))
def test_what_is_not_personal_stays_as_it_was(order: dict[str, Any]) -> None:
    hidden = masked_document(order)
    assert hidden.keys() == order.keys()
    for key in ("id", "status", "payment_mode", "products", "vouchers", "currency", "shipping_tax", "date", "flags"):
        assert hidden[key] == order[key]
    customer: Any = hidden["customer"]
    assert customer["id"] == order["customer"]["id"]
    assert {key for key, value in order["customer"].items() if value in ("", None)} == {
        key for key, value in customer.items() if value in ("", None)
    }


def test_a_row_of_a_list_hides_its_customer() -> None:
    assert masked_document({"id": 1, "customer": "Popa Ilinca", "total": "3.00"}) == {
        "id": 1,
        "customer": "P. I*****",
        "total": "3.00",
    }


def test_names_keep_their_initials_alone() -> None:
    assert masked("Popa Ilinca") == "P. I*****"
    assert masked("FLORAR") == "F*****"
    assert masked("  ") == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the phone +40 746 275 143 is wrong", f"the phone {HIDDEN} is wrong"),
        ("0746275143", HIDDEN),
        ("write to ana.pop@posta.example.", f"write to {HIDDEN}"),
        ("order 448120331 of 2026-03-14 10:04:20", "order 448120331 of 2026-03-14 10:04:20"),
        ("page 88 of 197, 12 410 items, id 0a1b", "page 88 of 197, 12 410 items, id 0a1b"),
    ],
)
def test_free_text_loses_addresses_and_numbers_alone(text: str, left: str) -> None:
    assert scrubbed(text).rstrip(".") == left


@given(person=people())
def test_messages_of_the_marketplace_tell_no_one_s_number(snapshot: Snapshot, person: dict[str, str]) -> None:
    said = f"ERROR: invalid phone {person['phone']} of <{person['email']}>"
    error = {"message": said, "count": 1, "example": said}
    run = snapshot.recent_runs[0].model_copy(update={"reason": said})
    run = run.model_validate(run.model_dump() | {"errors": [error]})
    changed = snapshot.model_copy(
        update={
            "alerts": (snapshot.alerts[0].model_copy(update={"message": said, "advice": said}),),
            "recent_runs": (run,),
            "accounts": (snapshot.accounts[0].model_copy(update={"message": said}),),
            "last_event": snapshot.last_event and snapshot.last_event.model_copy(update={"message": said}),
        }
    )
    text = scrubbed_snapshot(changed).model_dump_json()
    assert person["phone"] not in text
    assert person["email"] not in text


def test_a_snapshot_without_personal_data_is_not_even_copied(snapshot: Snapshot) -> None:
    assert scrubbed_snapshot(snapshot) is snapshot


def told_of(view: View) -> Iterator[str]:
    """Everything that leaves a dashboard with this view: what it draws, says, copies, writes and is called."""
    assert view.snapshot is not None
    for screen in SCREENS:
        for tab in range(3):
            shown = replace(view, screen=screen, pane=PaneState(tab=tab))
            for width, height in ((140, 40), (80, 24)):
                body = BODIES[screen](shown, width, height)
                yield "\n".join(join(line) for line in body.lines)
        yield join(event_line(shown, 200, None))
        yield from (line for section in sections(shown) for line in (section.title, *section.lines))
        keys = [1, *BODIES[screen](shown, 140, 40).keys][:3]
        yield from (copied.text + copied.name for key in keys if (copied := id_of(shown, key)) is not None)
        yield from (shown_json(row, reveal=view.reveal) for key in keys if (row := row_of(shown, key)) is not None)
    assert view.orders.detail is not None
    yield shown_json(view.orders.detail, reveal=view.reveal)
    for models in (view.orders.rows, view.events, view.requests.rows, view.snapshot.alerts, view.snapshot.recent_runs):
        yield json.dumps(rows_of(models, reveal=view.reveal), ensure_ascii=False)
        yield CsvRows(("customer", "message", "note", "reason")).rows(rows_of(models, reveal=view.reveal))
    yield status(view) + title_of(view.snapshot, view.say, view.glyphs)


def peopled(view: View, order: dict[str, Any], person: dict[str, str]) -> View:
    """A view in which a person stands wherever the marketplace can put one."""
    snapshot, first = view.snapshot, view.orders.rows[0]
    assert snapshot is not None
    assert snapshot.last_event is not None
    said = f"ERROR: phone {person['phone']} or e-mail {person['email']} is invalid"
    row = first.model_copy(update={"customer": person["name"]})
    error = snapshot.recent_runs[2].errors[0].model_copy(update={"message": said, "example": said})
    run = snapshot.recent_runs[2].model_copy(update={"reason": said, "errors": (error,)})
    event = snapshot.last_event.model_copy(update={"message": said})
    request = view.requests.rows[0].model_copy(update={"note": said, "outcome": "validation"})
    missed = tuple(page.model_copy(update={"error": said}) for page in view.run_details[5108].missed or ())
    return replace(
        view,
        snapshot=snapshot.model_copy(
            update={
                "alerts": (snapshot.alerts[0].model_copy(update={"message": said, "advice": said}),),
                "recent_runs": (run,),
                "accounts": (
                    snapshot.accounts[0].model_copy(update={"status": "unreachable", "message": said}),
                    *snapshot.accounts[1:],
                ),
                "last_event": event,
            }
        ),
        orders=replace(
            view.orders,
            rows=(row, *view.orders.rows[1:]),
            detail=OrderDetail(row=row, order=lived_in(order, person), fetched_at=first.date),
        ),
        events=(event,),
        requests=replace(view.requests, rows=(request,), known=(request,)),
        older_runs=(run,),
        run_details={run.run_id: replace(view.run_details[5108], run_id=run.run_id, missed=missed)},
    )


@settings(max_examples=6, deadline=None)
@given(order=st.sampled_from(ORDERS), person=people())
def test_nothing_of_a_person_leaves_the_dashboard(
    full_view: View, order: dict[str, Any], person: dict[str, str]
) -> None:
    view = peopled(full_view, order, person)
    words = [word for word in person["name"].split() if len(word) >= 5]
    for text in told_of(Privacy(reveal=False).kept(view)):
        for value in (*person.values(), *words):
            assert value.casefold() not in text.casefold()


def test_everything_is_told_when_it_is_revealed(full_view: View) -> None:
    person = {
        "name": "Ilinca Popa-Țigănilă",
        "phone": "+40722000111",
        "email": "ilinca77@posta.example",
        "street": "Strada Ciocârliei nr. 113",
        "city": "Izvorul Alb",
        "iban": "RO49XXXX1B31007593840000",
    }
    view = replace(peopled(full_view, ORDERS[0], person), reveal=True)
    text = "\n".join(told_of(Privacy(reveal=True).kept(view)))
    assert [value for value in person.values() if value not in text] == []
