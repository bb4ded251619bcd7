"""The one shape of an error body, whatever went wrong."""

from __future__ import annotations

from magflow_tui.contract.base import Model


class ErrorBody(Model):
    """Answer to a call that could not be carried out.

    `code` is stable and for programs (`not_found`, `conflict`, `bad_request`, `unavailable`, `account_unknown`, …);
    `message` is one sentence for people; `hint` is the way out; `detail` names the place (a field, an id).
    """

    code: str
    message: str
    detail: str | None = None
    hint: str | None = None
