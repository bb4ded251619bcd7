"""Which orders a request names: those of a filter, or those of its list, each with the account that has it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from magflow_tui.contract.actions import ActionRequest
from magflow_tui.engine.actions import sentences
from magflow_tui.engine.actions.means import ActionAccount, Means
from magflow_tui.engine.actions.reading import OrderReader
from magflow_tui.marketplace.schema import Item
from magflow_tui.rules.findings import Words
from magflow_tui.store import Store
from magflow_tui.store.actions import Key, accounts_of_orders

#: How long orders that nobody has stored are looked for before a request is answered, in seconds.
_LOOKING_SECONDS: Final = 40.0
#: Orders in one request, at most.
MOST_ORDERS: Final = 5_000


class NotPossibleError(Exception):
    """A request that makes no sense as a whole. `code` is that of the API, `message` a sentence, `hint` the way out."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Meant:
    """The orders of a request, each once, with their accounts: "" where none is known, and in `unknown` why."""

    keys: tuple[Key, ...]
    unknown: Mapping[int, Words] = field(default_factory=dict)


async def orders_meant(
    command: ActionRequest, store: Store, accounts: Mapping[str, ActionAccount], means: Means
) -> Meant:
    """The orders that a request means.

    An order that is named without an account is looked for in the store, then, unless it is a dry run, at the
    marketplace. Raises NotPossibleError.
    """
    if bool(command.orders) == (command.where is not None):
        raise NotPossibleError("bad_request", "An action takes either orders or a filter (where).")
    account = _served(command.account, accounts)
    if command.where is not None:
        try:
            found = await store.orders_matching(command.where, account, limit=MOST_ORDERS + 1)
        except ValueError as error:
            raise NotPossibleError("bad_request", str(error)) from None
        keys = [(key.account, key.id) for key in found]
    else:
        keys = [(_served(key.account, accounts) or account or "", key.id) for key in command.orders]
    keys = list(dict.fromkeys(keys))
    if len(keys) > MOST_ORDERS:
        raise NotPossibleError(
            "bad_request",
            f"An action takes {MOST_ORDERS} orders at most, these are more.",
            "Narrow the filter, or do it in parts.",
        )
    homeless = [order_id for owner, order_id in keys if not owner]
    if not homeless:
        return Meant(tuple(keys))
    owners, unknown = await _owners(homeless, store, accounts, means, look_further=not command.dry_run)
    found_keys = dict.fromkeys((owner or owners.get(order_id, ""), order_id) for owner, order_id in keys)
    return Meant(tuple(found_keys), unknown)


def _served(name: str | None, accounts: Mapping[str, ActionAccount]) -> str | None:
    """A named account in its own spelling; None for none. Raises NotPossibleError for one that is not in use."""
    if not name:
        return None
    if name.lower() not in accounts:
        known = ", ".join(accounts) or "none"
        raise NotPossibleError("account_unknown", f"There is no account {name!r} in use; there are: {known}.")
    return name.lower()


async def _owners(
    ids: Sequence[int],
    store: Store,
    accounts: Mapping[str, ActionAccount],
    means: Means,
    *,
    look_further: bool,
) -> tuple[dict[int, str], dict[int, Words]]:
    """The account of each order: as stored, else the only one in use, else the one whose marketplace has it.

    And why it is not known of the others.
    """
    having = await store.read(partial(accounts_of_orders, ids=ids))
    missing = [order_id for order_id in ids if order_id not in having]
    if len(accounts) == 1:
        having |= dict.fromkeys(missing, tuple(accounts))
    errors: dict[int, str] = {}
    if missing and look_further and len(accounts) != 1:
        looked, errors = await _look_everywhere(missing, store, accounts, means)
        having |= looked
    for order_id, owners in having.items():
        if len(owners) > 1:
            message = f"Several accounts have an order {order_id}: {', '.join(owners)}."
            raise NotPossibleError("ambiguous", message, "Name one with account.")
    unknown = {
        order_id: sentences.not_read(errors[order_id]) if order_id in errors else sentences.nobody_has(order_id)
        for order_id in missing
        if order_id not in having
    }
    return {order_id: owners[0] for order_id, owners in having.items()}, unknown


async def _look_everywhere(
    ids: Sequence[int], store: Store, accounts: Mapping[str, ActionAccount], means: Means
) -> tuple[dict[int, tuple[str, ...]], dict[int, str]]:
    """The accounts whose marketplace has orders that nobody has stored, and what went wrong with looking for others.

    What is found is stored.
    """
    having: dict[int, tuple[str, ...]] = {}
    errors: dict[int, str] = {}

    async def look(name: str, account: ActionAccount) -> None:
        reader = OrderReader(account, means)
        try:
            async with asyncio.timeout(_LOOKING_SECONDS):
                read = await reader.try_to_read([(order_id, None) for order_id in ids])
        except TimeoutError:
            read = [TimeoutError(f"no answer in {_LOOKING_SECONDS:.0f} s")] * len(ids)
        await store.write(partial(reader.store, items=[item for item in read if isinstance(item, Item)]))
        for order_id, item in zip(ids, read, strict=True):
            if isinstance(item, Exception):
                errors[order_id] = f"{name}: {item}"
            elif item is not None:
                having[order_id] = (*having.get(order_id, ()), name)

    await asyncio.gather(*(look(name, account) for name, account in accounts.items()))
    return having, errors
