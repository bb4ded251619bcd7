"""How long all rules take for an order, as a share of reading the same order into the schema, in the same run.

    python tests/benchmarks/rules.py                      # 3 000 orders of three platforms, 7 rounds
    python tests/benchmarks/rules.py --profile            # and the time of each check

The orders are the sandbox's, after they have lived a while, in pages of 100 as they come in: each page is read and then
checked, with platform and clock, so that whatever else the machine does hits both alike. Prints the microseconds an
order takes in the quickest round, and the ratio: below 1, rules are at least as fast as parsing.
"""

from __future__ import annotations

import argparse
import gc
import time
from datetime import UTC, datetime
from statistics import median

from magflow_tui.marketplace.platforms import PLATFORMS, Platform
from magflow_tui.marketplace.schema import Item, Order, read_item
from magflow_tui.rules.orders import check_order
from magflow_tui.rules.orders.check import OrderCheck, is_short_form
from magflow_tui.rules.orders.checking import CHECKS
from magflow_tui.sandbox.config import Limits, Living, SandboxAccount
from magflow_tui.sandbox.seller import Seller

BEGAN = 1_790_000_000
PAGE = 100


def payloads(count: int) -> list[tuple[bytes, Platform]]:
    """Orders of three platforms as the sandbox serves them."""
    found = []
    for name in ("emag-ro", "emag-bg", "emag-hu"):
        account = SandboxAccount(name=name, platform=name, orders=count // 3)  # type: ignore[arg-type]
        seller = Seller(account, seed=1, began=BEGAN, limits=Limits())
        seller.live(BEGAN + 7_200, Living(changes=count / 600))
        found += [(seller.orders.sound(index), PLATFORMS[name]) for index in range(len(seller.orders))]
    return found


def one_round(pages: list[list[tuple[bytes, Platform]]], now: datetime) -> tuple[float, float]:
    """Processor time that reading and checking take, in seconds, without the garbage collector."""
    reading = checking = 0.0
    gc.collect()
    gc.disable()
    for page in pages:
        began = time.process_time()
        items = [(read_item(Order, raw), platform) for raw, platform in page]
        read = time.process_time()
        for item, platform in items:
            check_order(item, platform=platform, now=now)
        checking += time.process_time() - read
        reading += read - began
    gc.enable()
    return reading, checking


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()

    arrived = payloads(options.orders)
    now = datetime.fromtimestamp(BEGAN + 10_000, UTC)
    items = [(read_item(Order, raw), platform) for raw, platform in arrived]
    faulty = sum(1 for item, platform in items if check_order(item, platform=platform, now=now))

    pages = [arrived[begin : begin + PAGE] for begin in range(0, len(arrived), PAGE)]
    rounds = [one_round(pages, now) for _ in range(options.rounds)]
    per_order = 1e6 / len(arrived)
    lines = sum(len(item.value.products or ()) for item, _ in items if item.value is not None)
    print(f"{len(arrived)} orders, {lines / len(arrived):.2f} lines each, {faulty} with findings")
    print(f"reading  {min(parsed for parsed, _ in rounds) * per_order:6.1f} µs an order")
    print(f"rules    {min(checked for _, checked in rounds) * per_order:6.1f} µs an order")
    print(f"ratio    {median(checked / parsed for parsed, checked in rounds):6.2f} (median of {len(rounds)} rounds)")
    if options.profile:
        print_profile(items, now)


def print_profile(items: list[tuple[Item[Order], Platform]], now: datetime) -> None:
    """The time of each check, in microseconds an order."""
    checks = [
        OrderCheck(item.value, platform, now, is_short_form(item.value), item.raw)
        for item, platform in items
        if item.value is not None
    ]
    for apply in CHECKS:
        took = 0.0
        for begin in range(0, len(checks), PAGE):
            page = checks[begin : begin + PAGE]
            for _ in range(2):  # the first time is to have the page at hand
                began = time.process_time()
                for check in page:
                    apply(check)
                last = time.process_time() - began
            took += last
        print(f"  {apply.__name__:24s} {took * 1e6 / len(checks):6.2f}")


if __name__ == "__main__":
    main()
