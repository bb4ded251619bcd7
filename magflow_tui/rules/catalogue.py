"""Every rule there is, by its code, and the version of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from magflow_tui.rules import bulk, updates
from magflow_tui.rules import cancellation as sent_cancellation
from magflow_tui.rules.findings import Rule
from magflow_tui.rules.orders import (
    attachments,
    currency,
    customer,
    dates,
    delivery,
    deposits,
    heading,
    lines,
    nesting,
    payment,
    proforma,
    reasons,
    structure,
    texts,
    vat,
    vouchers,
)

_SUBJECTS: Final = (
    structure,
    heading,
    dates,
    customer,
    delivery,
    lines,
    vat,
    currency,
    deposits,
    vouchers,
    payment,
    proforma,
    reasons,
    attachments,
    texts,
    nesting,
)

#: What orders are checked for as they are read: by code, in the order of their subjects.
ORDER_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.code: rule for subject in _SUBJECTS for rule in subject.RULES}
)

#: Every rule: of orders, and of what is sent to change them.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        **ORDER_RULES,
        **{rule.code: rule for subject in (updates, sent_cancellation, bulk) for rule in subject.RULES},
    }
)

# Raise it when a rule of orders finds other things than before under the same words.
_EDITION: Final = 1


def _version() -> str:
    """The edition, and a hash of all that rules of orders say of themselves."""
    digest = hashlib.blake2b(repr(sorted(ORDER_RULES.items())).encode(), digest_size=4)
    return f"{_EDITION}-{digest.hexdigest()}"


#: Changes when a rule of orders does: an order checked under another version is to be checked again.
VERSION: Final = _version()
