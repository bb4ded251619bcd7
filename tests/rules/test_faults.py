"""Every fault is found at its place, with its severity, and nothing else is."""

from __future__ import annotations

import pytest

from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.orders import check_order

from .faults import FAULTS, Fault, platform_of


def found(fault: Fault) -> list[str]:
    findings = check_order(read_item(Order, fault.raw), platform=PLATFORMS[platform_of(fault.base)])
    return [f"{finding.severity} {finding.rule.code} {finding.path}" for finding in findings]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_at_its_place_and_gives_no_other_finding(fault: Fault) -> None:
    assert sorted(found(fault)) == sorted(fault.findings)


def test_there_are_at_least_150_distinct_faults() -> None:
    assert len({(fault.base, fault.raw) for fault in FAULTS}) == len(FAULTS) >= 150
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
